//! Where a burst begins and ends: the most likely change of variance.
//!
//! Samples outside are noise of power N, samples inside are of power P. The onset and offset
//! that maximise the likelihood are those that maximise the sum, over the samples between them,
//! of ½ (ln(N/P) + x² (1/N - 1/P)) (Staude & Wolf 1999; the rule of approximated generalised
//! likelihood ratio detectors). P is not known: it is taken from the burst, then once more.

use super::tape::Tape;

/// How often P is taken anew.
const ROUNDS: usize = 3;
/// A burst is at least this many times as strong as the noise; below, the sum has no end.
pub const LEAST_RATIO: f64 = 2.0;

/// Onset and offset of the burst that holds sample `peak`, within samples `from..to`.
/// `noise` is the power outside, `inside` a first guess of the power within; a pause of more than
/// `pause` samples of noise ends the burst, whatever comes after it.
pub fn extent(
    tape: &Tape,
    peak: u64,
    [from, to]: [u64; 2],
    noise: f64,
    inside: f64,
    pause: u64,
) -> (u64, u64) {
    let mut inside = inside.max(LEAST_RATIO * noise);
    let mut found = (peak, peak + 1);
    for _ in 0..ROUNDS {
        let (offset_cost, slope) = ((noise / inside).ln(), 1.0 / noise - 1.0 / inside);
        let gain = |x: f32| offset_cost + f64::from(x).powi(2) * slope;
        // What so much noise is expected to cost: its mean square is `noise`.
        let most = -(offset_cost + noise * slope) * pause as f64;
        let onset = reach((from..peak).rev().map(|at| gain(tape.samples.get(at).detect)), most);
        let offset = reach((peak..to).map(|at| gain(tape.samples.get(at).detect)), most);
        found = (peak - onset, peak + offset.max(1));
        let power: f64 = tape.samples.range(found.0, found.1).map(|f| f64::from(f.detect).powi(2)).sum();
        inside = (power / (found.1 - found.0) as f64).max(LEAST_RATIO * noise);
    }
    found
}

/// How many steps to go for the largest sum of gains, giving up once it has lost `most`.
fn reach(gains: impl Iterator<Item = f64>, most: f64) -> u64 {
    let (mut sum, mut best, mut reached) = (0.0, 0.0, 0);
    for (steps, gain) in gains.enumerate() {
        sum += gain;
        if sum > best {
            (best, reached) = (sum, steps as u64 + 1);
        } else if best - sum > most {
            break;
        }
    }
    reached
}
