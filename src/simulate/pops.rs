//! Electrode pops: steps that stay or heal, and spikes.

use super::canvas::{Canvas, Wave, ramp};
use super::motion::{span, times};
use super::recipe::Pops;
use super::render::{Kind, TruthEvent};
use super::streams::{Component, Stream};

/// Share of the steps whose level stays; the others heal exponentially.
const LASTING: f64 = 0.3;
/// Time constant of healing, s: half-cell potentials settle within seconds.
const HEAL_S: [f64; 2] = [0.15, 2.0];
/// Width of a spike, s.
const SPIKE_S: [f64; 2] = [0.0005, 0.003];

/// The pops of all channels; each electrode pops for itself.
pub(super) fn pops(canvas: &Canvas, plan: &Pops) -> (Vec<Wave>, Vec<TruthEvent>) {
    let (mut waves, mut truth) = (Vec::new(), Vec::new());
    for channel in 0..canvas.channels {
        let mut stream = Stream::new(canvas.seed, Component::Pops, channel as u64);
        let mut level = 0.0;
        for now in times(canvas, plan.per_min, &mut stream) {
            let size = canvas.noise_uv * stream.log_within(plan.times_noise);
            let rise = stream.log_within(plan.rise_ms) / 1000.0;
            let (sign, lasting) = (stream.sign(), stream.chance(LASTING));
            let heal = stream.log_within(HEAL_S);
            let wide = stream.log_within(SPIKE_S);
            let mut stays = false;
            let (values, long) = if stream.chance(plan.spikes) {
                (
                    canvas.draw(2.0 * wide, |s| sign * size * ramp(s, wide) * ramp(2.0 * wide - s, wide)),
                    2.0 * wide,
                )
            } else if lasting {
                // The level goes back and forth: an electrode does not wander off for good.
                let height = if level == 0.0 { sign * size } else { -level };
                level += height;
                stays = true;
                let mut values = canvas.draw(rise, |s| height * ramp(s, rise));
                values.push(height);
                (values, rise)
            } else {
                (canvas.draw(8.0 * heal, |s| sign * size * ramp(s, rise) * (-s / heal).exp()), rise)
            };
            let mut gains = vec![0.0; canvas.channels];
            gains[channel] = 1.0;
            waves.push(Wave { at: canvas.at(now), values, gains, stays });
            let event = TruthEvent::of(Kind::Pop, span(canvas, now, now + long));
            truth.push(TruthEvent { channel: Some(channel), ..event });
        }
    }
    (waves, truth)
}
