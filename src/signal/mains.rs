//! Mains hum: which lines are there. [`search`] looks for 50 and 60 Hz and their harmonics in a
//! stretch of signal; [`super::canceller`] takes them out.

use super::spectrum::Welch;
use crate::units::Hertz;

/// The grid frequencies of the world, Hz.
const GRIDS_HZ: [f64; 2] = [50.0, 60.0];
/// How far a grid, or the clock of a cheap board, may be off, Hz at the fundamental.
pub(super) const OFF_HZ: f64 = 0.75;
/// A bin this many times the median of its neighbours leads to a grid. The power of noise in
/// one bin is exponential with median ln 2 × mean: 40 × 0.69 means a chance of e^-28 a bin.
const LEADING: f64 = 40.0;
/// A harmonic of a grid found so is there from this ratio on (e^-14 for a bin of noise).
const PRESENT: f64 = 20.0;
/// Neighbours are taken from both sides up to here, Hz.
const NEIGHBOURS_HZ: f64 = 12.0;

/// How many lines a grid may have.
pub(super) const MOST: usize = 32;

/// Lines of one grid: the fundamental and the harmonics that are there (1 for itself).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lines {
    /// The fundamental, whether or not it is itself among the lines.
    pub fundamental: Hertz,
    /// Which multiples of it stand out; a search under way must not allocate.
    harmonics: [u32; MOST],
    count: usize,
}

impl Lines {
    /// Which multiples of the fundamental stand out, in order.
    pub fn harmonics(&self) -> &[u32] {
        &self.harmonics[..self.count]
    }
}

/// Looks for mains in `x`, which must be one segment of `welch` long, up to `highest`. Of two grids that
/// both explain something, as 300 Hz is the sixth of 50 and the fifth of 60, the one counts that explains
/// more: the sum of the logarithms of its lines' ratios is larger.
pub fn search(x: &[f64], welch: &mut Welch, highest: Hertz) -> Option<Lines> {
    let rate = welch.rate();
    let bin_hz = welch.bin().hz();
    let density = welch.density(x);
    let top_hz = highest.hz().min(rate.nyquist().hz() - 2.0 * bin_hz);
    let grids = GRIDS_HZ.map(|grid_hz| on_grid(grid_hz, density, bin_hz, top_hz));
    let more = |best: (Lines, f64), other: (Lines, f64)| if other.1 > best.1 { other } else { best };
    grids.into_iter().flatten().reduce(more).map(|(lines, _)| lines)
}

/// The lines of one grid and the sum of the logarithms of their ratios, if one of them leads to it.
fn on_grid(grid_hz: f64, density: &[f64], bin_hz: f64, top_hz: f64) -> Option<(Lines, f64)> {
    let mut lead: Option<(f64, f64)> = None;
    for k in multiples(grid_hz, top_hz) {
        let (from, to) = (k * (grid_hz - OFF_HZ), k * (grid_hz + OFF_HZ));
        let (place, ratio) = strongest(density, bin_hz, from, to);
        if ratio > LEADING && lead.is_none_or(|(best, _)| ratio > best) {
            lead = Some((ratio, between_bins(density, place) * bin_hz / k));
        }
    }
    let (_, f_hz) = lead?;
    let mut lines = Lines { fundamental: Hertz::new(f_hz), harmonics: [0; MOST], count: 0 };
    let mut explained = 0.0;
    for k in multiples(f_hz, top_hz) {
        let ratio = strongest(density, bin_hz, k * f_hz - bin_hz, k * f_hz + bin_hz).1;
        if ratio > PRESENT
            && let Some(place) = lines.harmonics.get_mut(lines.count)
        {
            *place = k as u32;
            lines.count += 1;
            explained += ratio.ln();
        }
    }
    (lines.count > 0).then_some((lines, explained))
}

fn multiples(f_hz: f64, top_hz: f64) -> impl Iterator<Item = f64> {
    (1..=(top_hz / f_hz).max(0.0) as u32).map(f64::from)
}

/// The strongest bin between two frequencies and its ratio to the median of its neighbours.
fn strongest(density: &[f64], bin_hz: f64, from_hz: f64, to_hz: f64) -> (usize, f64) {
    let clamp = |hz: f64| ((hz / bin_hz).round().max(1.0) as usize).min(density.len() - 1);
    let mut place = clamp(from_hz);
    for k in clamp(from_hz)..=clamp(to_hz) {
        if density[k] > density[place] {
            place = k;
        }
    }
    // A Hann line is four bins wide: they are not its neighbours.
    let (near, far) = (3, (NEIGHBOURS_HZ / bin_hz).ceil() as usize + 3);
    let mut around = [0.0f64; 128];
    let mut count = 0;
    for distance in near..=far.min(near + 63) {
        for k in [place.checked_sub(distance), Some(place + distance)].into_iter().flatten() {
            if let Some(value) = density.get(k) {
                around[count] = *value;
                count += 1;
            }
        }
    }
    if count == 0 {
        return (place, 0.0);
    }
    let median = *around[..count].select_nth_unstable_by(count / 2, f64::total_cmp).1;
    (place, if median > 0.0 { density[place] / median } else { 0.0 })
}

/// The peak between bins: a parabola through the logarithms of three bins.
fn between_bins(density: &[f64], place: usize) -> f64 {
    let (Some(l), Some(r)) = (place.checked_sub(1).and_then(|p| density.get(p)), density.get(place + 1))
    else {
        return place as f64;
    };
    if *l <= 0.0 || *r <= 0.0 {
        return place as f64;
    }
    let (l, m, r) = (l.ln(), density[place].ln(), r.ln());
    let bend = l - 2.0 * m + r;
    place as f64 + if bend < 0.0 { ((l - r) / (2.0 * bend)).clamp(-0.5, 0.5) } else { 0.0 }
}
