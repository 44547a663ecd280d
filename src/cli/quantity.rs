//! Quantities as people type them.

use twitchscope::units::Seconds;

/// A size of a file: `2GiB`, at least 64 KiB.
///
/// # Errors
/// Says what was expected.
pub fn bytes(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let (number, unit) = text.split_at(text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len()));
    let factor = match unit {
        "KiB" => f64::from(1u32 << 10),
        "MiB" => f64::from(1u32 << 20),
        "GiB" => f64::from(1u32 << 30),
        "MB" => 1e6,
        "GB" => 1e9,
        _ => return Err("give a number with its unit: KiB, MiB, GiB, MB or GB, as in 2GiB".into()),
    };
    match number.trim().parse::<f64>() {
        Ok(n) if n.is_finite() && n * factor >= 65_536.0 => Ok((n * factor) as u64),
        _ => Err("give at least 64KiB, as in 2GiB".into()),
    }
}

/// A time: `20ms`, `90s`, `10min`, `1h`.
///
/// # Errors
/// Says what was expected.
pub fn seconds(text: &str) -> Result<Seconds, String> {
    let text = text.trim();
    let unit_at = text.find(|c: char| c.is_ascii_alphabetic() && c != 'e' && c != 'E').unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    let factor = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "min" => 60.0,
        "h" => 3600.0,
        _ => return Err("give a number with its unit: ms, s, min or h, as in 20ms".into()),
    };
    match number.trim().parse::<f64>() {
        Ok(n) if n.is_finite() && n >= 0.0 => Ok(Seconds::new(n * factor)),
        _ => Err(format!("“{number}” is no number of {unit}, 0 or more")),
    }
}

/// How many a minute: `0.1/min`, or the bare number.
///
/// # Errors
/// Says what was expected.
pub fn per_minute(text: &str) -> Result<f64, String> {
    let number = text.trim().strip_suffix("/min").unwrap_or(text.trim());
    match number.trim().parse::<f64>() {
        Ok(n) if n.is_finite() && n > 0.0 => Ok(n),
        _ => Err("give how many a minute, above 0, as in 0.1/min".into()),
    }
}

/// A share: `0.01`.
///
/// # Errors
/// Says what was expected.
pub fn share(text: &str) -> Result<f64, String> {
    let share = text.trim().parse().ok().filter(|p| (0.0..=1.0).contains(p));
    share.ok_or_else(|| "give a share from 0 to 1, as in 0.01".into())
}

/// A channel's number, from 1.
///
/// # Errors
/// Says what was expected.
pub fn channel(text: &str) -> Result<usize, String> {
    let number = text.trim().parse().ok().filter(|n| *n > 0);
    number.ok_or_else(|| "give channels by number, counted from 1, as in 1,3".into())
}

/// Decibels, one number or a range: `12`, `12dB`, `12..20`.
///
/// # Errors
/// Says what was expected.
pub fn decibels(text: &str) -> Result<[f64; 2], String> {
    let text = text.trim().trim_end_matches("dB");
    let (low, high) = text.split_once("..").unwrap_or((text, text));
    match (low.trim().parse::<f64>(), high.trim().parse::<f64>()) {
        (Ok(low), Ok(high)) if low.is_finite() && high.is_finite() => Ok([low, high]),
        _ => Err("give decibels as one number or a range, as in 12 or 12..20".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_a_number_and_a_unit() {
        for (text, s) in [("20ms", 0.02), ("1.5s", 1.5), ("10 min", 600.0), ("1e1s", 10.0), ("2h", 7200.0)] {
            assert_eq!(seconds(text), Ok(Seconds::new(s)), "{text}");
        }
        for text in ["", "20", "ms", "-1s", "infs", "nans", "3parsec"] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }

    #[test]
    fn decibels_are_one_number_or_a_range() {
        assert_eq!(decibels("-3"), Ok([-3.0, -3.0]));
        assert_eq!(decibels("12..20dB"), Ok([12.0, 20.0]));
        for text in ["", "..", "12..", "loud", "nan..3"] {
            assert!(decibels(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_budget_is_a_number_above_zero() {
        assert_eq!(per_minute("0.5/min"), Ok(0.5));
        assert_eq!(per_minute(" 2 "), Ok(2.0));
        for text in ["0", "-1/min", "0.1/h", "few"] {
            assert!(per_minute(text).is_err(), "{text}");
        }
    }
}
