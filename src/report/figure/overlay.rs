//! Twitches over one another, aligned at their onsets, with the mean.

use ndarray::{Array2, ArrayView1, Axis as Along};

use super::axis;
use super::chart::{self, Axis, Chart, column};
use super::sheet::{Pen, Point, Sheet};
use super::theme::{BAND, BAND_EDGE, BLUE, GRID, MUTED};
use super::words;
use crate::report::counted;
use crate::session::Session;
use crate::statistics::{Interval, Level, mean_by_cluster};

/// Each of the two plots is so high, points.
const HIGH: f64 = 82.0;
/// So many waveforms are drawn at most.
const MOST_DRAWN: usize = 48;
/// The vertical axes of both plots lie here, points: room for the name and four digits.
const LEFT: f64 = 34.0;

/// Twitches × samples, and when each sample lies, ms since the onset.
struct Overlay {
    twitches: Array2<f64>,
    ms: Vec<f64>,
    calibrated: bool,
    /// Twitches of all sessions, drawn or not.
    of: usize,
}

impl Overlay {
    /// The waveforms of all sessions that have the rate and length of the first.
    fn new(sessions: &[&Session]) -> Self {
        let sets = || sessions.iter().filter_map(|s| s.waveforms.as_ref());
        let first = sets().find(|w| !w.rows.is_empty());
        let rate = first.map_or(1.0, |w| w.sampling_frequency_hz);
        let (before, length) = first.map_or((0, 0), |w| (w.before, w.rows[0].samples.len()));
        let alike = sets().filter(|w| w.sampling_frequency_hz == rate && w.before == before);
        let rows: Vec<&[f32]> = alike.flat_map(|w| &w.rows).map(|w| &w.samples[..]).collect();
        let showable = |row: &&&[f32]| row.len() == length && row.iter().all(|v| v.abs() < 1e9);
        let rows: Vec<&[f32]> = rows.iter().filter(showable).copied().collect();
        let usable = rate.is_finite() && rate > 0.0 && length > 1;
        let rows = if usable { rows } else { Vec::new() };
        let ms = |n: usize| (n as f64 - before as f64) / rate * 1000.0;
        Self {
            twitches: Array2::from_shape_fn((rows.len(), length), |(row, n)| f64::from(rows[row][n])),
            ms: (0..length).map(ms).collect(),
            calibrated: sessions.iter().all(|s| s.source.calibrated),
            of: sessions.iter().map(|s| s.twitches.len()).sum(),
        }
    }

    fn count(&self) -> usize {
        self.twitches.nrows()
    }

    fn points(&self, row: ArrayView1<f64>) -> Vec<Point> {
        self.ms.iter().copied().zip(row.iter().copied()).collect()
    }
}

/// Lays the figure out.
pub fn sheet(sessions: &[&Session]) -> Sheet {
    let overlay = Overlay::new(sessions);
    let mut sheet = column(
        &format!("Waveforms of twitches with their mean, {}", words::source_of(sessions)),
        "Twitches, aligned at onset",
    );
    let unit = if overlay.calibrated { "µV" } else { "counts" };
    let range = match (overlay.ms.first(), overlay.ms.last()) {
        (Some(first), Some(last)) if overlay.count() > 0 => (*first, *last),
        _ => (-50.0, 200.0),
    };
    let foot = waves(&mut sheet, &overlay, range, unit);
    let foot = mean_size(&mut sheet, foot, &overlay, range, unit);
    sheet.end(foot, &caption(&overlay, sessions));
    sheet
}

fn across((from, to): Point) -> Axis<'static> {
    Axis { range: (from, to), ticks: axis::between((from, to), 6), name: "" }
}

/// The waveforms and their mean; gives where the next plot may begin.
fn waves(sheet: &mut Sheet, overlay: &Overlay, range: Point, unit: &str) -> f64 {
    let most = overlay.twitches.iter().fold(0.0f64, |most, v| most.max(v.abs()));
    let most = if most > 0.0 { most * 1.05 } else { 1.0 };
    let name = format!("EMG ({unit})");
    let y = Axis { range: (-most, most), ticks: axis::around_zero(most, 2), name: &name };
    let chart = Chart::at_left(sheet, LEFT, (chart::TOP, HIGH), 2.0, &across(range), &y);
    onset(sheet, &chart);
    let width = (6.0 / overlay.count().max(1) as f64).clamp(0.25, 0.5);
    // More lines than these are one blot; the mean is of all.
    for row in overlay.twitches.rows().into_iter().step_by(overlay.count().div_ceil(MOST_DRAWN).max(1)) {
        sheet.line(&chart.path(&overlay.points(row)), Pen::new(MUTED, width));
    }
    if let Some(mean) = overlay.twitches.mean_axis(Along(0)) {
        sheet.line(&chart.path(&overlay.points(mean.view())), Pen::new(BLUE, 1.0));
    } else {
        chart::nothing(sheet, &chart, "No waveform");
    }
    chart.area.bottom + 15.0
}

/// The mean of the absolute values, with its interval.
fn mean_size(sheet: &mut Sheet, top: f64, overlay: &Overlay, range: Point, unit: &str) -> f64 {
    let sizes = sizes(&overlay.twitches);
    let largest = |of: fn(&Level) -> f64| sizes.iter().map(of).fold(0.0, f64::max);
    // A band that is far wider than the mean, as that of two twitches, is cut at the plot's edge.
    let most = largest(|size| size.interval.high).min(2.5 * largest(|size| size.value));
    let most = if most > 0.0 { most * 1.06 } else { 1.0 };
    let name = format!("Mean size ({unit})");
    let y = Axis { range: (0.0, most), ticks: axis::fractions(most, 4), name: &name };
    let x = Axis { name: "Time since onset (ms)", ..across(range) };
    let chart = Chart::at_left(sheet, LEFT, (top, HIGH * 0.7), 2.0, &x, &y);
    let path = |of: fn(&Level) -> f64| {
        let points: Vec<Point> = overlay.ms.iter().copied().zip(sizes.iter().map(of)).collect();
        chart.path(&points)
    };
    if overlay.count() > 1 {
        let (low, high) = (path(|size| size.interval.low), path(|size| size.interval.high));
        sheet.area(high.iter().chain(low.iter().rev()).copied().collect(), BAND);
        sheet.line(&low, Pen::new(BAND_EDGE, 0.3));
        sheet.line(&high, Pen::new(BAND_EDGE, 0.3));
    }
    onset(sheet, &chart);
    if overlay.count() > 0 {
        sheet.line(&path(|size| size.value), Pen::new(BLUE, 1.2));
    }
    chart.below()
}

/// The mean of the absolute values at each sample, with its interval over the twitches; that of one
/// alone has no width.
fn sizes(twitches: &Array2<f64>) -> Vec<Level> {
    let mean = |values: ArrayView1<f64>| {
        let each: Vec<(usize, f64)> = values.iter().map(|v| v.abs()).enumerate().collect();
        mean_by_cluster(&each).or_else(|| {
            let (_, only) = *each.first()?;
            Some(Level { value: only, interval: Interval { low: only, high: only } })
        })
    };
    twitches.columns().into_iter().filter_map(mean).collect()
}

fn onset(sheet: &mut Sheet, chart: &Chart) {
    let x = chart.x.at(0.0);
    sheet.line(&[(x, chart.area.top), (x, chart.area.bottom)], Pen::new(GRID, 0.6));
}

fn caption(overlay: &Overlay, sessions: &[&Session]) -> String {
    let shown = overlay.count();
    if shown == 0 {
        return format!(
            "{} in {}; no waveform was kept.",
            counted(overlay.of, "twitch"),
            words::source_of(sessions)
        );
    }
    let which =
        if shown == overlay.of { String::new() } else { format!(" of {}, evenly chosen", overlay.of) };
    let band = if shown > 1 { "; band: 95 % interval of the mean (Student's t, pointwise)" } else { "" };
    format!(
        "{}{which}, in {} (20–450 Hz, mains removed, each on its strongest channel). Grey: one twitch; blue: mean. \
         Below: mean of the absolute values{band}. Waves of unlike twitches cancel in the mean above, sizes do not.",
        counted(shown, "twitch"),
        words::source_of(sessions)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_of_few_twitches_is_that_of_students_t() {
        let few = ndarray::array![[1.0, -5.0], [-3.0, 5.0]];
        let [size, alike] = sizes(&few)[..] else { panic!("two samples") };
        // Mean 2, standard error 1, t = 12.706 with one degree of freedom.
        assert_eq!((size.value, alike.value), (2.0, 5.0));
        assert!((size.interval.high - 14.706).abs() < 1e-3, "{size:?}");
        assert_eq!((alike.interval.low, alike.interval.high), (5.0, 5.0));
        assert!(sizes(&Array2::zeros((0, 2))).is_empty());
    }
}
