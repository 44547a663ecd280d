//! Mean twitch count against needle dwell time, a line a group.

use super::axis::{self, TimeUnit};
use super::chart::{self, Axis, Chart};
use super::curves::{self, Banded, Curve};
use super::labels::{self, Label};
use super::sheet::{Pen, Sheet};
use super::theme::{COLUMN, FEW, SERIES, SMALL, WHITE, fit, width};
use super::words;
use crate::statistics::{History, at_risk};
use crate::study::Study;

/// One group with its mean.
struct Line {
    name: String,
    curves: Vec<Curve>,
    banded: Banded,
    end: f64,
}

impl Line {
    fn new(name: String, curves: Vec<Curve>) -> Self {
        let end = curves.iter().map(|c| c.end).fold(0.0, f64::max);
        Self { name, banded: Banded::mean(&curves, end), end, curves }
    }

    fn highest(&self) -> f64 {
        self.banded.steps.last().map_or(0.0, |s| s[1])
    }
}

/// Lays the figure out.
pub fn sheet(study: &Study) -> Sheet {
    let name = words::groups_name(study);
    let all = words::groups(study);
    let lines: Vec<Line> = all.iter().take(FEW).map(|group| line(study, *group)).collect();
    let mut sheet = chart::column(
        &format!("Mean twitch count against needle dwell by {name}, {}", words::source(study)),
        &format!("Twitches against needle dwell, by {}", fit(&name, SMALL, false, 60.0)),
    );
    let longest = lines.iter().map(|l| l.end).fold(0.0, f64::max);
    let longest = if longest > 0.0 { longest } else { 1.0 };
    let unit = TimeUnit::of(longest);
    let mean = lines.iter().map(Line::highest).fold(0.0, f64::max);
    let band = lines.iter().map(|l| l.banded.highest()).fold(0.0, f64::max);
    // A band that is far wider than the means is cut at the plot's edge.
    let high = 1.04 * band.min(2.0 * mean).max(1.0);
    let room = lines.iter().map(|l| width(&label(l), SMALL, true) + 6.0).fold(4.0, f64::max);
    let axis_name = format!("Needle dwell time ({})", unit.symbol());
    let ticks = axis::times(longest / unit.seconds() * 1.03, 6, unit);
    let x = Axis { range: (0.0, longest / unit.seconds()), ticks, name: &axis_name };
    let y = Axis { range: (0.0, high), ticks: axis::fractions(high, 7), name: "Mean twitch count" };
    let chart = Chart::new(&mut sheet, (chart::TOP, chart::HIGH), room, &x, &y);
    draw(&mut sheet, &chart, &lines, unit);
    if mean == 0.0 {
        chart::nothing(&mut sheet, &chart, "No twitch found");
    }
    let mut foot = chart.below();
    for line in &lines {
        let histories: Vec<History> = line.curves.iter().map(Curve::history).collect();
        let number =
            |(value, _): &(f64, String)| (*value, at_risk(&histories, value * unit.seconds()).to_string());
        let numbers: Vec<(f64, String)> = x.ticks.iter().map(number).collect();
        let heading = format!("Needles still in: {}", line.name);
        foot = chart.row(&mut sheet, foot, &fit(&heading, SMALL, false, COLUMN - 8.0), &numbers);
    }
    sheet.end(foot, &caption(study, all.len()));
    sheet
}

fn line(study: &Study, group: Option<&str>) -> Line {
    let own = study.recordings.iter().filter(|r| words::group(r) == group);
    Line::new(words::group_name(group), own.flat_map(curves::of_recording).collect())
}

fn label(line: &Line) -> String {
    fit(&line.name, SMALL, true, 74.0)
}

fn draw(sheet: &mut Sheet, chart: &Chart, lines: &[Line], unit: TimeUnit) {
    let place = |points: Vec<(f64, f64)>| {
        let scaled: Vec<(f64, f64)> = points.iter().map(|(s, n)| (s / unit.seconds(), *n)).collect();
        chart.path(&scaled)
    };
    for (line, (colour, _)) in lines.iter().zip(SERIES) {
        for end in line.banded.ends() {
            sheet.line(&place(end), Pen::new(colour, 0.3));
        }
    }
    let mut all = Vec::new();
    let mut obstacles = Vec::new();
    for (line, (colour, dash)) in lines.iter().zip(SERIES) {
        let steps: Vec<(f64, f64)> = line.banded.steps.iter().map(|s| (s[0], s[1])).collect();
        let path = place(curves::from_nothing(&steps, line.end));
        sheet.line(&path, Pen::new(WHITE, 2.2));
        sheet.line(&path, Pen { colour, width: 1.3, dash });
        obstacles.extend(curves::boxes(&path, 1.3));
        let at = path.last().copied().unwrap_or_default();
        all.push(Label { at, text: label(line), colour, line: colour, bold: true });
    }
    labels::draw(sheet, &all, chart.area, &obstacles);
}

fn caption(study: &Study, groups: usize) -> String {
    let mut all = words::size(study);
    all.push_str(
        " Thick: mean number of twitches of an insertion, over the needles still in; thin, once two needles have \
         twitched: its 95 % interval (Lawless–Nadeau, pointwise).",
    );
    if groups > FEW {
        all.push_str(&format!(" The first {FEW} of {groups} groups are drawn."));
    }
    all.extend(words::unmarked(study).map(|w| format!(" {w}")));
    all
}
