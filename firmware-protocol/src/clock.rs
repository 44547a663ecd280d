//! Whether the sample counter and the board's clock tell the same story.
//!
//! The two are counted apart, so that each is the other's witness: a counter that jumps, a rate
//! that is not the announced one, samples that were never taken and a reset all set them apart.

use crate::hello::Hello;
use crate::refusal::Refusal;

/// Allowed besides the block's length: the jitter of a board that reads its clock late, in µs.
const JITTER_US: u64 = 100_000;

/// One part in so many may the clock and the counter part ways: RC oscillators of converters are
/// off by up to 2.5 % (boards' data sheets), and nobody announces a rate that is off by 6 %.
const TOLERANCE: u64 = 16;

/// From here the long check begins anew, in µs: a quarter of the time that fits 32 bits.
const RENEW_US: u64 = 1 << 30;

/// From here the clock, which wraps, cannot tell how long a gap was, in µs: 35.8 min.
const WITNESS_US: u64 = 1 << 31;

/// A sample and its time.
#[derive(Debug, Clone, Copy)]
struct Anchor {
    sample: u64,
    time_us: u32,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Clock {
    /// Between two samples, in µs, times 2³².
    period: u64,
    slack_us: u64,
    /// The sample last believed: against jumps.
    last: Option<Anchor>,
    /// A sample long ago: against a wrong rate.
    start: Option<Anchor>,
}

impl Clock {
    /// For a HELLO that passed its check.
    pub(crate) fn new(hello: &Hello) -> Self {
        let period = ((1_000_000 * u128::from(hello.rate_den)) << 32) / u128::from(hello.rate_num.max(1));
        let period = u64::try_from(period).unwrap_or(u64::MAX);
        let block = micros(period, u64::from(hello.max_block));
        Self { period, slack_us: JITTER_US + 2 * block, last: None, start: None }
    }

    /// Whether a sample can have this time.
    pub(crate) fn check(&self, sample: u64, time_us: u32) -> Result<(), Refusal> {
        if let Some(last) = self.last.filter(|last| self.span(*last, sample) >= WITNESS_US) {
            return Err(Refusal::TooFar { from: low(last.sample), to: low(sample) });
        }
        [self.last, self.start].into_iter().flatten().try_for_each(|from| {
            let beside = self.beside(from, sample, time_us);
            let allowed = self.slack_us + self.span(from, sample) / TOLERANCE;
            if u64::from(beside.unsigned_abs()) <= allowed {
                return Ok(());
            }
            Err(Refusal::Clock { sample: low(sample), difference_us: beside })
        })
    }

    /// What the counter says lies between, in µs.
    fn span(&self, from: Anchor, sample: u64) -> u64 {
        micros(self.period, sample.abs_diff(from.sample))
    }

    /// How far `time_us` lies behind what the counter lets expect; the clock wraps.
    fn beside(&self, from: Anchor, sample: u64, time_us: u32) -> i32 {
        let span = low(self.span(from, sample));
        let span = if sample < from.sample { span.wrapping_neg() } else { span };
        time_us.wrapping_sub(from.time_us).wrapping_sub(span).cast_signed()
    }

    /// From now on this sample is one to check against.
    pub(crate) fn believe(&mut self, sample: u64, time_us: u32) {
        let now = Anchor { sample, time_us };
        self.last = Some(now);
        match self.start {
            Some(start) if self.span(start, sample) < RENEW_US => {}
            _ => self.start = Some(now),
        }
    }
}

fn micros(period: u64, samples: u64) -> u64 {
    u64::try_from((u128::from(period) * u128::from(samples)) >> 32).unwrap_or(u64::MAX)
}

/// The low 32 bits: the number as it is on the wire.
pub(crate) fn low(number: u64) -> u32 {
    (number & u64::from(u32::MAX)) as u32
}

/// The number nearest to `near` that has `low` as its low 32 bits; none where it is below 0.
pub(crate) fn nearest(near: u64, wire: u32) -> Option<u64> {
    near.checked_add_signed(i64::from(wire.wrapping_sub(low(near)).cast_signed()))
}
