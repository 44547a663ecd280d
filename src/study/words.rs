//! How findings are made and worded.

use super::Finding;
use crate::statistics::{Interval, Level, Rate};

/// What a number is, before it is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) unit: &'static str,
    pub(super) of: &'static str,
    pub(super) method: &'static str,
}

impl Kind {
    pub(super) fn found(self, level: Level, n: usize, words: String) -> Finding {
        let Interval { low, high } = level.interval;
        self.open(level.value, Some(low), Some(high), n, words)
    }

    pub(super) fn rate(self, rate: Rate, n: usize, words: String) -> Finding {
        self.found(Level { value: rate.per_min, interval: rate.interval }, n, words)
    }

    /// With an interval that may have no end on a side.
    pub(super) fn open(
        self,
        value: f64,
        low: Option<f64>,
        high: Option<f64>,
        n: usize,
        words: String,
    ) -> Finding {
        let Self { name, unit, of, method } = self;
        let round = |x: f64| x.is_finite().then(|| significant(x));
        Finding {
            name,
            value: round(value),
            low: low.and_then(round),
            high: high.and_then(round),
            unit,
            n,
            of,
            words,
            method,
        }
    }

    /// There is no number, for a reason.
    pub(super) fn none(self, n: usize, why: impl Into<String>) -> Finding {
        self.open(f64::NAN, None, None, n, why.into())
    }
}

/// Six significant digits: more than any of these numbers is worth, and the same on any machine.
pub(super) fn significant(x: f64) -> f64 {
    // Adding zero turns -0.0 into 0.0.
    format!("{:.5e}", x + 0.0).parse().unwrap_or(x)
}

/// A number as people read it: three significant digits, no exponent.
pub(super) fn plain(x: f64) -> String {
    if x == 0.0 || !x.is_finite() {
        return format!("{}", x + 0.0);
    }
    let decimals = (2 - x.abs().log10().floor() as i64).clamp(0, 6) as usize;
    let text = format!("{x:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// `(3.1 to 4.5)`.
pub(super) fn range(interval: Interval) -> String {
    format!("({} to {})", plain(interval.low), plain(interval.high))
}

/// Which word fits: the interval lies below `even`, above it, or on both sides of it.
pub(super) fn side(interval: Interval, even: f64, [below, above, both]: [&'static str; 3]) -> &'static str {
    if interval.high < even {
        below
    } else if interval.low > even {
        above
    } else {
        both
    }
}

/// A share as people read it: `41 %`; what is not 0 does not read 0.
pub(super) fn percent(share: f64) -> String {
    let of = 100.0 * share;
    if of >= 1.0 { format!("{of:.0} %") } else { format!("{} %", plain(of)) }
}

/// `1 twitch`, `2 twitches`.
pub(super) fn twitches(n: usize) -> String {
    format!("{n} twitch{}", if n == 1 { "" } else { "es" })
}

/// `1 insertion`, `2 insertions`.
pub(super) fn many(n: usize, one: &str) -> String {
    format!("{n} {one}{}", if n == 1 { "" } else { "s" })
}
