//! Rate against dwell, in bins with their exact intervals.

use super::axis::{self, TimeUnit};
use super::chart::{self, Axis, Chart};
use super::sheet::{Pen, Sheet};
use super::theme::{BAND, BLUE, INK, SOFT};
use super::words;
use crate::study::{Bin, Findings, Study};

/// Lays the figure out.
pub fn sheet(study: &Study, findings: &Findings) -> Sheet {
    let title = format!("Twitch rate against needle dwell, {}", words::source(study));
    let mut sheet = chart::column(&title, "Twitch rate against needle dwell");
    let whole = findings.parts.first();
    let shown =
        |bin: &&Bin| bin.to_s > bin.from_s && bin.per_min.is_some() && axis::SHOWABLE.contains(&bin.to_s);
    let bins: Vec<&Bin> = whole.iter().flat_map(|p| &p.bins).filter(shown).collect();
    let longest = bins.iter().map(|b| b.to_s).fold(0.0, f64::max);
    let longest = if longest > 0.0 { longest } else { 1.0 };
    let unit = TimeUnit::of(longest);
    let most = bins.iter().filter_map(|b| b.per_min).fold(0.0, f64::max);
    let upper = bins.iter().filter_map(|b| b.high_per_min).filter(|h| h.is_finite()).fold(0.0, f64::max);
    // Intervals of bins that were hardly watched are cut at the plot's edge.
    let high = 1.06 * if most > 0.0 { upper.min(2.5 * most) } else { upper };
    let high = if high > 0.0 { high } else { 1.0 };
    let name = format!("Needle dwell time ({})", unit.symbol());
    let end = longest / unit.seconds();
    let x = Axis { range: (0.0, end), ticks: axis::times(end, 6, unit), name: &name };
    let y = Axis { range: (0.0, high), ticks: axis::fractions(high, 7), name: "Twitches a minute" };
    let chart = Chart::new(&mut sheet, (chart::TOP, chart::HIGH), 4.0, &x, &y);
    let pooled = whole.and_then(|p| p.rates.exact.value);
    if let Some(rate) = pooled.filter(|_| !bins.is_empty()) {
        let pen = Pen { colour: SOFT, width: 0.6, dash: &[2.4, 1.6] };
        sheet.line(&[chart.at((0.0, rate)), chart.at((end, rate))], pen);
    }
    bins.iter().for_each(|bin| draw(&mut sheet, &chart, bin, unit));
    if bins.is_empty() {
        chart::nothing(&mut sheet, &chart, "Too little to tell");
    }
    let middle = |b: &Bin| (b.from_s + b.to_s) / 2.0 / unit.seconds();
    let mut foot = chart.below();
    let counts: Vec<(f64, String)> = bins.iter().map(|b| (middle(b), b.twitches.to_string())).collect();
    foot = chart.row(&mut sheet, foot, "Twitches", &counts);
    let needles: Vec<(f64, String)> = bins.iter().map(|b| (middle(b), b.insertions.to_string())).collect();
    foot = chart.row(&mut sheet, foot, "Needles in", &needles);
    sheet.end(foot, &caption(study, pooled));
    sheet
}

fn draw(sheet: &mut Sheet, chart: &Chart, bin: &Bin, unit: TimeUnit) {
    let (from, to) = (bin.from_s / unit.seconds(), bin.to_s / unit.seconds());
    let Some(per_min) = bin.per_min else { return };
    let (left, right) = (chart.at((from, per_min)), chart.at((to, per_min)));
    sheet.rect(
        super::sheet::Rect { left: left.0, top: left.1, right: right.0, bottom: chart.area.bottom },
        BAND,
    );
    sheet.line(&[left, right], Pen::new(BLUE, 1.3));
    if let (Some(low), Some(high)) = (bin.low_per_min, bin.high_per_min) {
        let half = ((right.0 - left.0) * 0.15).clamp(0.6, 2.0);
        chart::whisker(sheet, chart, (from + to) / 2.0, (low, high), half, Pen::new(INK, 0.6));
    }
}

fn caption(study: &Study, pooled: Option<f64>) -> String {
    let mut all = words::size(study);
    all.push_str(
        " Step: twitches over the time that needles were watched at that dwell; whisker: exact 95 % Poisson \
         interval (an arrow where it is cut).",
    );
    if let Some(rate) = pooled {
        all.push_str(&format!(" Dashed: the rate of the whole, {rate:.2} a minute."));
    }
    all.extend(words::unmarked(study).map(|w| format!(" {w}")));
    all
}
