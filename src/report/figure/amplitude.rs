//! Size of twitches against their order within the insertion.

use super::axis;
use super::chart::{self, Axis, Chart};
use super::curves;
use super::sheet::{Pen, Point, Sheet};
use super::theme::{BLUE, CROWD, CROWDED, MUTED, WHITE};
use super::words;
use crate::study::{Insertion, Study};

/// Orders up to this are drawn.
const MOST_ORDER: usize = 15;
/// Insertions with more twitches than one: fewer at an order tell no median.
const LEAST: usize = 3;

/// In what size is told.
#[derive(Clone, Copy, PartialEq)]
enum Unit {
    /// Peak, µV, on a logarithmic axis.
    Microvolts,
    /// SNR, dB: where the scale is unknown.
    Decibels,
}

/// Lays the figure out.
pub fn sheet(study: &Study) -> Sheet {
    let title = format!("Size of twitches against their order, {}", words::source(study));
    let mut sheet = chart::column(&title, "Size of twitches against their order");
    let unit = if study.recordings.iter().all(|r| r.calibrated) { Unit::Microvolts } else { Unit::Decibels };
    let insertions = study.recordings.iter().flat_map(|r| &r.insertions);
    let lines: Vec<Vec<f64>> = insertions.map(|i| sizes(i, unit)).filter(|s| !s.is_empty()).collect();
    let orders = lines.iter().map(Vec::len).max().unwrap_or(0).max(2);
    let all = lines.iter().flatten().copied();
    let (low, high) = all.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    let x = Axis {
        range: (0.5, orders as f64 + 0.5),
        ticks: (1..=orders).map(|n| (n as f64, n.to_string())).collect(),
        name: "Order within the insertion",
    };
    let chart = Chart::new(&mut sheet, (chart::TOP, chart::HIGH), 2.0, &x, &y_axis(unit, low, high));
    draw(&mut sheet, &chart, &lines);
    if lines.is_empty() {
        chart::nothing(&mut sheet, &chart, "No twitch found");
    }
    let at = |n: usize| lines.iter().filter(|l| l.len() >= n).count();
    let numbers: Vec<(f64, String)> = (1..=orders).map(|n| (n as f64, at(n).to_string())).collect();
    let foot = chart.row(&mut sheet, chart.below(), "Insertions with as many", &numbers);
    sheet.end(foot, &caption(study, unit));
    sheet
}

fn y_axis(unit: Unit, low: f64, high: f64) -> Axis<'static> {
    let known = low <= high;
    match unit {
        Unit::Microvolts => {
            let (low, high) =
                if known { (10f64.powf(low) / 1.5, 10f64.powf(high) * 1.5) } else { (10.0, 100.0) };
            let range = (low.log10(), high.log10());
            Axis { range, ticks: axis::decades((low, high)), name: "Peak (µV)" }
        }
        Unit::Decibels => {
            let range = if known { (low.min(0.0) - 1.0, high + 1.0) } else { (0.0, 10.0) };
            Axis { range, ticks: axis::between(range, 6), name: "SNR (dB)" }
        }
    }
}

/// The sizes of an insertion's first twitches, in order; up to the first that is not known.
fn sizes(insertion: &Insertion, unit: Unit) -> Vec<f64> {
    let size = |t: &crate::study::Twitch| match unit {
        Unit::Microvolts => t.peak_uv.filter(|p| (1e-3..1e9).contains(p)).map(f64::log10),
        Unit::Decibels => Some(t.snr_db).filter(|db| db.abs() < 1e3),
    };
    insertion.twitches.iter().take(MOST_ORDER).map_while(size).collect()
}

fn draw(sheet: &mut Sheet, chart: &Chart, lines: &[Vec<f64>]) {
    let crowd = lines.len() >= CROWD;
    let colour = if crowd { CROWDED } else { MUTED };
    let width = (8.0 / lines.len().max(1) as f64).clamp(0.25, 0.6);
    // In ten thousand lines one sees no more than in some hundreds of them, evenly chosen.
    for line in lines.iter().step_by(lines.len().div_ceil(400).max(1)) {
        let points: Vec<Point> = (1..).zip(line).map(|(n, v)| (f64::from(n), *v)).collect();
        let path = chart.path(&points);
        sheet.line(&path, Pen::new(colour, width));
        if !crowd {
            path.iter().for_each(|at| sheet.disc(*at, if lines.len() < LEAST { 1.5 } else { 0.9 }, colour));
        }
    }
    let mut middle: Vec<Point> = Vec::new();
    for n in 1..=MOST_ORDER {
        let mut own: Vec<f64> = lines.iter().filter_map(|l| l.get(n - 1)).copied().collect();
        own.sort_by(f64::total_cmp);
        if own.len() < LEAST {
            break;
        }
        let at = n as f64;
        sheet.line(
            &[chart.at((at, quantile(&own, 0.25))), chart.at((at, quantile(&own, 0.75)))],
            Pen::new(BLUE, 2.4),
        );
        middle.push((at, quantile(&own, 0.5)));
    }
    let path = chart.path(&middle);
    sheet.line(&path, Pen::new(WHITE, 2.4));
    sheet.line(&path, Pen::new(BLUE, 1.4));
    path.iter().for_each(|at| curves::draw_end(sheet, *at, true, 2.2, Pen::new(BLUE, 1.0)));
}

/// Linear between the two nearest (Hyndman RJ, Fan Y (1996), Sample quantiles in statistical
/// packages, type 7). Of at least one value.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (below, part) = (place.floor() as usize, place.fract());
    let above = sorted.get(below + 1).unwrap_or(&sorted[below]);
    sorted[below] + (above - sorted[below]) * part
}

fn caption(study: &Study, unit: Unit) -> String {
    let mut all = words::size(study);
    all.push_str(match unit {
        Unit::Microvolts => {
            " Grey: one insertion, largest absolute value of each twitch (20–450 Hz, mains removed)."
        }
        Unit::Decibels => {
            " Grey: one insertion, power of each twitch over the noise (the scale in µV is not known)."
        }
    });
    all.push_str(&format!(
        " Blue: median, bar: middle half, where at least {LEAST} insertions have as many. Insertions with many \
         twitches reach farther to the right; later twitches that are smaller may have been missed.",
    ));
    if study.recordings.iter().flat_map(|r| &r.insertions).any(|i| i.twitches.len() > MOST_ORDER) {
        all.push_str(&format!(" The first {MOST_ORDER} of each are drawn."));
    }
    all
}
