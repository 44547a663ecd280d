//! Words that all views share: pages, figures, the terminal.

/// `1 twitch`, `2 twitches`.
pub fn counted(n: usize, what: &str) -> String {
    let plural = if what.ends_with("ch") { "es" } else { "s" };
    format!("{n} {what}{}", if n == 1 { "" } else { plural })
}

/// Seconds as people say them.
pub fn duration(s: f64) -> String {
    if !s.is_finite() {
        return "an unknown time".into();
    }
    let whole = s.max(0.0).round() as u64;
    match whole {
        0..120 => format!("{:.1} s", s.max(0.0)),
        120..7200 if whole.is_multiple_of(60) => format!("{} min", whole / 60),
        120..7200 => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{} h {} min", whole / 3600, whole / 60 % 60),
    }
}
