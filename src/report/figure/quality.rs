//! What the recordings of a set were like: noise floor, hum, losses.

use super::axis::{self, Scale, Ticks};
use super::sheet::{Anchor, Pen, Rect, Sheet, Type};
use super::theme::{
    self, BLUE, GRID, INK, ORANGE, PAGE, PAGE_FINENESS, SKY, SMALL, SOFT, TITLE, VERMILLION, plain,
};
use crate::report::{Condition, counted};

/// Rows up to this many have their names beside them.
const NAMED: usize = 60;
/// One row is at most this high, and all of them at most that, points.
const ROW: f64 = 8.2;
const MOST_HIGH: f64 = 460.0;
const TOP: f64 = 32.0;
/// Room for names left of the rows, points.
const NAMES: f64 = 118.0;
const GAP: f64 = 14.0;

/// One of the plots side by side.
struct Panel {
    left: f64,
    right: f64,
    name: &'static str,
    range: (f64, f64),
    ticks: Ticks,
}

impl Panel {
    fn x(&self, value: f64) -> f64 {
        Scale::between(self.range, self.left, self.right).at(value.clamp(self.range.0, self.range.1))
    }
}

/// Lays the figure out.
pub fn sheet(conditions: &[Condition]) -> Sheet {
    let title = format!("Noise floor, hum and losses of {}", counted(conditions.len(), "recording"));
    let mut sheet = Sheet::new(PAGE, 0.0, PAGE_FINENESS, &title);
    sheet.text((4.0, 10.5), "What the recordings were like", Type::new(TITLE).bold());
    let high = (ROW * conditions.len().max(1) as f64).min(MOST_HIGH);
    let pitch = high / conditions.len().max(1) as f64;
    let named = conditions.len() <= NAMED;
    let panels = panels(conditions, if named { NAMES } else { 20.0 });
    for panel in &panels {
        frame(&mut sheet, panel, high);
    }
    for (n, condition) in conditions.iter().enumerate() {
        let y = TOP + pitch * (n as f64 + 0.5);
        if named {
            let name = theme::fit(&plain(&condition.name), SMALL, false, NAMES - 12.0);
            sheet.text((NAMES - 6.0, y + SMALL * 0.36), &name, Type::new(SMALL).at(Anchor::Right));
            sheet.line(&[(NAMES, y), (PAGE - 8.0, y)], Pen::new(GRID, 0.35));
        }
        row(&mut sheet, &panels, condition, y, pitch);
    }
    if conditions.is_empty() {
        let at = (PAGE / 2.0, TOP + high / 2.0 + 2.0);
        sheet.text(at, "No recording", Type::new(SMALL).at(Anchor::Middle));
    }
    sheet.end(TOP + high + axis::TICK + SMALL + 2.0, &caption(conditions));
    sheet
}

fn panels(conditions: &[Condition], left: f64) -> [Panel; 4] {
    let wide = (PAGE - 12.0 - left - 3.0 * GAP) / 4.0;
    let place = |n: f64| (left + n * (wide + GAP), left + n * (wide + GAP) + wide);
    let panel = |n: f64, name, range, ticks| {
        let (left, right) = place(n);
        Panel { left, right, name, range, ticks }
    };
    let noise = logarithmic(conditions.iter().filter_map(|c| c.noise_uv));
    let burst = logarithmic(conditions.iter().filter_map(|c| c.smallest_rms_uv));
    let lines = conditions.iter().map(|c| c.mains_hz.len()).max().unwrap_or(0).max(2) as f64;
    let lost = conditions.iter().map(|c| 100.0 * c.lost_share).filter(|s| s.is_finite()).fold(0.0, f64::max);
    let lost = if lost > 0.0 { (lost * 1.08).min(100.0) } else { 1.0 };
    [
        panel(0.0, "Noise floor (µV RMS)", noise.0, noise.1),
        panel(1.0, "Smallest burst (µV RMS)", burst.0, burst.1),
        panel(2.0, "Mains lines removed", (0.0, lines), axis::counts(lines, 4)),
        panel(3.0, "No valid signal (%)", (0.0, lost), axis::fractions(lost, 4)),
    ]
}

/// A logarithmic range around all values, and its ticks.
fn logarithmic(values: impl Iterator<Item = f64>) -> ((f64, f64), Ticks) {
    let shown = values.filter(|v| (1e-6..1e9).contains(v));
    let (low, high) = shown.fold((f64::INFINITY, 0.0f64), |(l, h), v| (l.min(v), h.max(v)));
    let (low, high) = if low <= high { (low / 1.6, high * 1.6) } else { (1.0, 10.0) };
    ((low.log10(), high.log10()), axis::decades((low, high)))
}

fn frame(sheet: &mut Sheet, panel: &Panel, high: f64) {
    let area = Rect { left: panel.left, top: TOP, right: panel.right, bottom: TOP + high };
    let name = theme::fit(panel.name, SMALL, true, panel.right - panel.left + GAP - 2.0);
    sheet.text((panel.left, TOP - 6.0), &name, Type::new(SMALL).bold());
    let scale = Scale::between(panel.range, panel.left, panel.right);
    for (value, _) in &panel.ticks {
        let x = scale.at(*value);
        sheet.line(&[(x, area.top), (x, area.bottom)], Pen::new(GRID, 0.35));
    }
    axis::below(sheet, area, scale, &panel.ticks, "");
}

fn row(sheet: &mut Sheet, panels: &[Panel; 4], condition: &Condition, y: f64, pitch: f64) {
    let radius = (pitch * 0.3).clamp(0.6, 2.0);
    let [noise, burst, mains, lost] = panels;
    let dot = |sheet: &mut Sheet, panel: &Panel, value: Option<f64>, colour| match value {
        Some(v) if v > 0.0 => sheet.disc((panel.x(v.log10()), y), radius, colour),
        _ if pitch > SMALL => {
            let at = (panel.left + 2.0, y + SMALL * 0.36);
            sheet.text(at, "n/a", Type::new(SMALL).colour(SOFT));
        }
        _ => {}
    };
    dot(sheet, noise, condition.noise_uv, BLUE);
    dot(sheet, burst, condition.smallest_rms_uv, INK);
    let bar = |sheet: &mut Sheet, panel: &Panel, value: f64, colour| {
        let (left, right) = (panel.left, panel.x(value));
        let half = (pitch * 0.3).clamp(0.3, 2.2);
        if right > left {
            sheet.rect(Rect { left, top: y - half, right: right.max(left + 0.6), bottom: y + half }, colour);
        }
    };
    bar(sheet, mains, condition.mains_hz.len() as f64, SKY);
    let share = if condition.lost_share.is_finite() { 100.0 * condition.lost_share } else { 0.0 };
    // More than a hundredth lost stands out.
    bar(sheet, lost, share, if share > 1.0 { VERMILLION } else { ORANGE });
}

fn caption(conditions: &[Condition]) -> String {
    let mut all = format!("{}.", counted(conditions.len(), "recording"));
    all.push_str(
        " Noise floor: RMS in the detection band. Smallest burst: of 50 ms, found 9 times in 10. Both on the best \
         channel. Hum: mains lines that were found and removed on any channel. No valid signal: lost, \
         clipped, flat or masked, on the worst channel; darker above 1 %.",
    );
    if conditions.iter().any(|c| c.noise_uv.is_none()) {
        all.push_str(" n/a: the scale or the noise floor is not known.");
    }
    all
}
