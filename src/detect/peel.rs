//! What remains of a burst once its pulses, which no muscle made, are taken off.

use super::classify::is_movement;
use super::heart::Beat;
use super::pulse::Fit;
use super::scene::Scene;
use super::shape::{Shape, jump};
use crate::signal::envelope::WINDOWS;
use crate::units::Seconds;

/// What a form leaves of a pulse, as a share of its energy.
const UNFIT: f32 = 0.1;
/// So many pulses are taken off at most: an edge, one that comes back, a beat's or a knock's.
const MOST: usize = 3;
/// and from the second on each must explain this share of what remains around it, on a beat more: what a
/// beat leaves is taken off too.
const LEAST_FIT: f32 = 0.4;
const LEAST_FIT_ON_BEAT: f32 = 0.75;
/// and of the unfiltered signal around it leave no more than this share: simulated strokes and pops leave
/// 0.05 to 0.2, single potentials of simulated twitches 0.2 and more in 98 of 100.
const UNSEEN: f64 = 0.3;
/// Room for 640 ms at the fastest rate after thinning, more than a twitch lasts; of what is allowed
/// to last longer, the beginning is looked at.
const SAMPLES: usize = 2560;
/// And for as much in hops, which are 1.3 ms or longer.
const HOPS: usize = 640;
/// Where the swing beneath a pulse is looked for, on either side of it, ms.
const NEAR_MS: f64 = 12.0;

/// What is known of a burst's pulses.
#[derive(Debug, Clone, Copy)]
pub struct Peeled {
    /// The share of the energy around the best of them that its form explains, 0 to 1.
    pub fit: f32,
    /// The share of the unfiltered signal's energy around it, less its slope, that the form leaves: above 1 if
    /// it is not in it.
    pub unfit: f32,
    /// The best score once the pulses are taken off.
    pub score: f32,
}

impl Scene<'_> {
    /// What is known of a burst's pulses. Only the first may be anything; one more must be movement.
    pub fn without_pulses(
        &self,
        [first, last]: [u64; 2],
        floor: f32,
        shape: &Shape,
        beat: Option<&Beat>,
    ) -> Peeled {
        let (hop, reach) = (self.clock.hop, self.tape.detect.length(0));
        let begin = first.saturating_sub(reach);
        let count = ((last + reach - begin) as usize).min(HOPS).min(SAMPLES / hop as usize);
        let length = count * hop as usize;
        let (mut x, mut taken) = ([0.0f32; SAMPLES], [0.0f32; SAMPLES]);
        let from = begin * hop;
        for (x, at) in x[..length].iter_mut().zip(from..) {
            *x = self.tape.samples.get(at).detect;
        }
        let mut crest = (shape.centre.saturating_sub(from) as usize).min(length.saturating_sub(1));
        let (mut fit, mut score) = (0.0, f32::INFINITY);
        let mut unfit = 1.0;
        let mut fits = [None; MOST];
        let least = if beat.is_some() { LEAST_FIT_ON_BEAT } else { LEAST_FIT };
        let (x, taken) = (&mut x[..length], &mut taken[..length]);
        for n in 0..MOST {
            if n > 0 {
                let largest = (0..length).max_by(|a, b| x[*a].abs().total_cmp(&x[*b].abs()));
                crest = largest.unwrap_or_default();
                if score < 1.0 || !self.is_movement_at(from + crest as u64, x[crest].abs()) {
                    break;
                }
            }
            let Some(found) = self.pulses.fit(x, crest) else { break };
            if n == 0 {
                fit = found.share(x);
                unfit = self.unfit(&found, from, length);
            }
            found.take_off(x, taken);
            fits[n] = Some((found, crest));
            if n > 0 {
                let share = self.fit_again(&mut fits[..=n], x, taken);
                if share < least || !self.is_seen(&fits[..=n], from, length) {
                    break;
                }
            }
            score = self.rest_score(begin, floor, [x, taken], beat);
            // Whitened, the edges that a form leaves weigh more than muscle: it must be found without, too.
            if self.score.is_white() {
                score = score.min(self.whitened_rest_score(begin, floor, [x, taken], beat));
            }
        }
        Peeled { fit, unfit, score }
    }

    /// Fits each pulse anew to what the others leave: they ring into one another. The share that the last
    /// of them explains.
    fn fit_again<'a>(
        &'a self,
        fits: &mut [Option<(Fit<'a>, usize)>],
        x: &mut [f32],
        taken: &mut [f32],
    ) -> f32 {
        let mut share = 0.0;
        for (fit, crest) in fits.iter_mut().flatten() {
            fit.put_back(x, taken);
            *fit = self.pulses.fit(x, *crest).unwrap_or(*fit);
            share = fit.share(x);
            fit.take_off(x, taken);
        }
        share
    }

    /// What the first of the pulses leaves of the unfiltered signal around it, a share.
    fn unfit(&self, fit: &Fit, from: u64, length: usize) -> f32 {
        let mut y = [0.0f32; SAMPLES];
        self.unfiltered(&mut y[..length], from);
        self.leaves(fit, &y[..length]) as f32
    }

    /// Whether the unfiltered signal has the last of the pulses, once those of the others that it has are
    /// taken off it.
    fn is_seen(&self, fits: &[Option<(Fit, usize)>], from: u64, length: usize) -> bool {
        let mut y = [0.0f32; SAMPLES];
        let y = &mut y[..length];
        self.unfiltered(y, from);
        let mut seen = false;
        for (fit, _) in fits.iter().flatten() {
            seen = self.leaves(fit, y) < UNSEEN;
            if seen {
                fit.take_off_unfiltered(y);
            }
        }
        seen
    }

    /// The unfiltered samples from sample `from` on, less the first.
    fn unfiltered(&self, y: &mut [f32], from: u64) {
        let level = self.tape.samples.get(from).raw;
        for (y, at) in y.iter_mut().zip(from..) {
            *y = self.tape.samples.get(at).raw - level;
        }
    }

    /// The share of the unfiltered signal `y` around a pulse that its form leaves.
    fn leaves(&self, fit: &Fit, y: &[f32]) -> f64 {
        fit.leaves(y, self.clock.samples(Seconds::from_ms(NEAR_MS)) as usize)
    }

    /// Whether the unfiltered signal at a sample moves as muscle does not, against the `peak` that
    /// remains there in the band.
    fn is_movement_at(&self, at: u64, peak: f32) -> bool {
        let near = self.clock.samples(Seconds::from_ms(NEAR_MS));
        let around = self.tape.samples.range(at.saturating_sub(near), at + near);
        let swing = around.map(|f| f.wide.abs()).fold(0.0, f32::max);
        peak > 0.0 && is_movement(jump(self.tape, self.clock, at) / peak, swing / peak)
    }

    /// As [`Scene::rest_score`], of what is whitened.
    fn whitened_rest_score(&self, begin: u64, floor: f32, parts: [&[f32]; 2], beat: Option<&Beat>) -> f32 {
        let mut room = [[0.0f32; SAMPLES]; 2];
        let [rest, taken] = room.each_mut().map(|room| &mut room[..parts[0].len()]);
        for (room, part) in [(&mut *rest, parts[0]), (&mut *taken, parts[1])] {
            room.copy_from_slice(part);
            self.tape.whitener().run(room);
        }
        self.rest_score(begin, floor / self.tape.low.weights().own, [rest, taken], beat)
    }

    /// The best score of what remains from hop `begin` on; of what was taken off, a share is held
    /// against it, because no form fits fully, and so is what a beat may leave.
    fn rest_score(&self, begin: u64, floor: f32, [rest, taken]: [&[f32]; 2], beat: Option<&Beat>) -> f32 {
        let hop = self.clock.hop as usize;
        let count = rest.len() / hop;
        let (mut sums, mut gone) = ([0.0f32; HOPS + 1], [0.0f32; HOPS + 1]);
        for (n, (rest, taken)) in rest.chunks_exact(hop).zip(taken.chunks_exact(hop)).enumerate() {
            let energy = |x: &[f32]| x.iter().map(|x| x * x).sum::<f32>() / hop as f32;
            gone[n + 1] = gone[n] + energy(taken);
            sums[n + 1] = sums[n] + energy(rest) - UNFIT * energy(taken);
        }
        let mut best = 0.0f32;
        for w in 0..WINDOWS {
            let length = self.tape.detect.length(w) as usize;
            for n in 0..(count + 1).saturating_sub(length) {
                let mean = |sums: &[f32]| (sums[n + length] - sums[n]) / length as f32 / floor;
                let mut over = mean(&sums);
                if let Some(beat) = beat.filter(|_| over > best * self.score.threshold(w)) {
                    let middle = begin + n as u64 + length as u64 / 2;
                    let usual = self.beat_and_floor(beat, middle, length as u64);
                    over -= (usual - mean(&gone)).max(0.0);
                }
                best = best.max(over / self.score.threshold(w));
            }
        }
        best
    }
}
