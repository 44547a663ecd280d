//! Whether a burst is one tone that dies away: a cable or a needle that was struck, or hum that came and
//! went. Muscle is not like itself from one period to the next.

use super::pulse::dot;
use super::tape::{Clock, Tape};
use crate::units::Seconds;

/// Shorter bursts are like themselves by chance, ms.
const SHORTEST_MS: f64 = 45.0;
/// The tones that are looked for, Hz: below, filters leave nothing; above, bursts of muscle are narrow too.
const LOWEST_HZ: f64 = 20.0;
const HIGHEST_HZ: f64 = 83.0;
/// So much more alike must a burst be after a much longer period, or the shorter one is that of its tone.
const AGAIN: f32 = 0.1;
/// Room for 320 ms at the fastest rate after thinning; of what lasts longer, the beginning is looked at.
const SAMPLES: usize = 1280;

/// A tone in a burst.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tone {
    /// Its frequency, Hz.
    pub hz: f64,
    /// The largest correlation of the burst with itself a period later, -1 to 1: 1 for a tone, also for
    /// one that dies away.
    pub alike: f32,
}

/// The tone that samples `onset..offset` of the amplitude band fit best; `None` where they are too short to
/// tell.
pub fn tone(tape: &Tape, clock: Clock, onset: u64, offset: u64) -> Option<Tone> {
    if offset - onset < clock.samples(Seconds::from_ms(SHORTEST_MS)) {
        return None;
    }
    let mut samples = [0.0f32; SAMPLES];
    let burst = tape.samples.range(onset, offset);
    let count = samples.iter_mut().zip(burst).map(|(x, forms)| *x = forms.amplitude).count();
    let x = &samples[..count];
    let period = |hz: f64| (clock.rate.hz() / hz).round() as usize;
    let mut found: Option<(usize, f32)> = None;
    let mut most = -1.0f32;
    // Two and a half periods must be there, or it is chance.
    for later in period(HIGHEST_HZ)..=period(LOWEST_HZ).min(count * 2 / 5) {
        let (a, b) = (&x[..count - later], &x[later..]);
        // The roots first: the product of two powers of loud counts is more than a number can hold.
        let power = dot(a, a).sqrt() * dot(b, b).sqrt();
        let alike = if power > 0.0 { dot(a, b) / power } else { 0.0 };
        most = most.max(alike);
        // After two periods it is itself again, by chance a little more than after one.
        let margin = |period: usize| if 2 * later > 3 * period { AGAIN } else { 0.0 };
        if found.is_none_or(|(period, best)| alike > best + margin(period)) {
            found = Some((later, alike));
        }
    }
    found.map(|(period, _)| Tone { hz: clock.rate.hz() / period as f64, alike: most })
}
