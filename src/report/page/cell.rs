//! Numbers and words as the page shows them.

use maud::{Markup, html};

use crate::report::figure::plain;

/// A number that a table has as `exact`, rounded to `decimals`; what is no number stands as it is.
pub fn rounded(exact: &str, decimals: usize) -> Markup {
    match exact.parse::<f64>() {
        Ok(v) if v.is_finite() => html! { data value=(exact) { (format!("{v:.decimals$}")) } },
        _ => html! { (plain(exact)) },
    }
}

/// A number with three digits that mean something; `n/a` for none.
pub fn three_digits(value: Option<f64>) -> Markup {
    let Some(v) = value.filter(|v| v.is_finite()) else { return html! { "n/a" } };
    let digits = if v == 0.0 { 0 } else { (2 - v.abs().log10().floor() as i32).clamp(0, 6) as usize };
    html! { data value=(exact(v)) { (format!("{v:.digits$}")) } }
}

/// A number as tables of findings have it: six decimals.
pub fn exact(value: f64) -> String {
    // Adding zero turns -0.0 into 0.0.
    format!("{:.6}", value + 0.0)
}

/// Words in a row: `a`, `a and b`, `a, b and c`.
pub fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// A table that scrolls sideways where it is wider than its page, and says what it is to who does
/// not see it: `head` are the cells of its first row, `body` its other rows.
pub fn table(label: &str, caption: Markup, head: Markup, body: Markup) -> Markup {
    html! {
        div.table tabindex="0" role="region" aria-label=(label) {
            table { caption { (caption) } thead { tr { (head) } } tbody { (body) } }
        }
    }
}
