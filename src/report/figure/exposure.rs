//! Count against total dwell: a point an insertion, and the rate of all of them.

use std::collections::BTreeSet;

use super::axis::{self, TimeUnit};
use super::chart::{self, Axis, Chart};
use super::legend;
use super::marker::{self, Mark};
use super::sheet::{Pen, Point, Sheet};
use super::theme::{BAND, BLUE, COLUMN, CROWD, FEW, INK, MUTED, SERIES, WHITE};
use super::words;
use crate::statistics::{Rate, Watched, poisson_interval, rate};
use crate::study::Study;

/// One insertion.
struct Dot {
    observed_s: f64,
    count: u64,
    /// The place of its group.
    group: usize,
}

/// Lays the figure out.
pub fn sheet(study: &Study) -> Sheet {
    let mut sheet = chart::column(
        &format!("Twitch count against total dwell, {}", words::source(study)),
        "Twitch count of each insertion",
    );
    let groups = words::groups(study);
    let dots = dots(study, &groups);
    let longest = dots.iter().map(|d| d.observed_s).fold(0.0, f64::max);
    let longest = if longest > 0.0 { longest } else { 1.0 };
    let most = dots.iter().map(|d| d.count).max().unwrap_or(0).max(1);
    let bars = dots.len() < CROWD;
    // Whiskers that are far longer than the counts are cut at the plot's edge.
    let whisker = if bars { poisson_interval(most).high.min(1.6 * most as f64 + 2.0) } else { 0.0 };
    let high = 1.04 * whisker.max(most as f64);
    let unit = TimeUnit::of(longest);
    let name = format!("Observed dwell ({})", unit.symbol());
    let end = longest / unit.seconds() * 1.03;
    let x = Axis { range: (0.0, end), ticks: axis::times(end, 6, unit), name: &name };
    let y = Axis { range: (0.0, high), ticks: axis::counts(high, 7), name: "Twitch count" };
    let chart = Chart::new(&mut sheet, (chart::TOP, chart::HIGH), 2.0, &x, &y);
    let pooled = rate(dots.iter().map(|d| d.count).sum(), dots.iter().map(|d| d.observed_s).sum());
    if let Some(pooled) = pooled {
        band(&mut sheet, &chart, unit, pooled, end);
    }
    // Points of few insertions are in front of the line, the line in front of a crowd.
    if !bars {
        draw(&mut sheet, &chart, unit, &dots, groups.len());
    }
    if let Some(pooled) = pooled {
        line(&mut sheet, &chart, unit, pooled, end);
    }
    if bars {
        draw(&mut sheet, &chart, unit, &dots, groups.len());
    }
    if dots.is_empty() {
        chart::nothing(&mut sheet, &chart, "No insertion");
    }
    let names: Vec<String> = groups.iter().take(FEW).map(|g| words::group_name(*g)).collect();
    let names = if groups.len() > 1 && groups.len() <= FEW { names } else { Vec::new() };
    let foot = legend::draw(
        &mut sheet,
        (chart.area.left, COLUMN - 6.0),
        chart.below() + if names.is_empty() { 0.0 } else { 3.0 },
        &names,
        &mut |s, at, n| {
            marker::mark(s, Mark::of(n), at, SERIES[n].0);
        },
    );
    sheet.end(foot, &caption(study, bars, pooled));
    sheet
}

fn dots(study: &Study, groups: &[Option<&str>]) -> Vec<Dot> {
    let mut all = Vec::new();
    for recording in &study.recordings {
        let group = groups.iter().position(|g| *g == words::group(recording)).unwrap_or(0);
        for insertion in &recording.insertions {
            let observed_s = Watched::new(0, insertion.dwell_s, &insertion.masked_s, &[]).observed_s();
            if axis::SHOWABLE.contains(&observed_s) {
                all.push(Dot { observed_s, count: insertion.twitches.len() as u64, group });
            }
        }
    }
    all
}

/// Where the line of a rate ends, which begins at nothing.
fn reach(chart: &Chart, unit: TimeUnit, per_min: f64, end: f64) -> Point {
    chart.inside((0.0, 0.0), (end, per_min * end * unit.seconds() / 60.0))
}

/// The interval of the pooled rate.
fn band(sheet: &mut Sheet, chart: &Chart, unit: TimeUnit, pooled: Rate, end: f64) {
    let origin = chart.at((0.0, 0.0));
    let [low, high] = [pooled.interval.low, pooled.interval.high].map(|r| reach(chart, unit, r, end));
    // Where the upper edge leaves through the top, the band has a corner more.
    let corner = (low.0.max(high.0), high.1);
    sheet.area(vec![origin, high, corner, low], BAND);
}

/// The pooled rate, in front of the points.
fn line(sheet: &mut Sheet, chart: &Chart, unit: TimeUnit, pooled: Rate, end: f64) {
    let ends = [chart.at((0.0, 0.0)), reach(chart, unit, pooled.per_min, end)];
    sheet.line(&ends, Pen::new(WHITE, 2.4));
    sheet.line(&ends, Pen::new(BLUE, 1.3));
}

fn draw(sheet: &mut Sheet, chart: &Chart, unit: TimeUnit, dots: &[Dot], groups: usize) {
    let told_apart = groups > 1 && groups <= FEW;
    let one = if dots.len() < 4 * CROWD { INK } else { MUTED };
    let colour = |dot: &Dot| if told_apart { SERIES[dot.group].0 } else { one };
    let place = |dot: &Dot| -> Point { (dot.observed_s / unit.seconds(), dot.count as f64) };
    if dots.len() < CROWD {
        for dot in dots {
            let interval = poisson_interval(dot.count);
            let pen = Pen::new(MUTED, 0.45);
            chart::whisker(sheet, chart, place(dot).0, (interval.low, interval.high), 1.0, pen);
        }
    }
    // Ten thousand insertions share few places: each is drawn once.
    let mut seen = BTreeSet::new();
    for dot in dots {
        let at = chart.at(place(dot));
        let grain = ((at.0 * 4.0) as i64, (at.1 * 4.0) as i64, if told_apart { dot.group } else { 0 });
        if seen.insert(grain) {
            marker::mark(sheet, Mark::of(if told_apart { dot.group } else { 0 }), at, colour(dot));
        }
    }
}

fn caption(study: &Study, bars: bool, pooled: Option<Rate>) -> String {
    let mut all = words::size(study);
    all.push_str(" Point: one insertion, against its dwell less what is masked");
    all.push_str(if bars { "; whisker: exact 95 % Poisson interval (Garwood)." } else { "." });
    if let Some(r) = pooled {
        all.push_str(&format!(
            " Line: the rate of all together, {:.2} a minute (exact 95 % interval {:.2}–{:.2}, the band).",
            r.per_min, r.interval.low, r.interval.high
        ));
    }
    all.extend(words::unmarked(study).map(|w| format!(" {w}")));
    all
}
