//! Frames against the clock of this machine: the board's true rate, and what is missing where the
//! board does not count.
//!
//! Bytes come late and never early, by the latency of USB adapters and of this machine. So of each
//! second only the frame that was the least late tells something; a line through those is the
//! rate. Times are given as values: nothing here looks at a clock.

use super::board::Counter;

/// A second of frames: how late the least late of them was, s.
#[derive(Debug, Clone, Copy)]
struct Least {
    /// When it should have come by the nominal rate, s.
    due_s: f64,
    late_s: f64,
}

/// A measured rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeasuredRate {
    /// Frames a second.
    pub hz: f64,
    /// The true one lies within so many Hz, with about 95 %.
    pub uncertainty_hz: f64,
}

/// Below this time a line says nothing, s.
const LEAST_S: f64 = 20.0;
/// So many points are kept; more are thinned to every second one.
const MOST_POINTS: usize = 600;
/// A stream whose pace differs more from its rate is not in real time, and its clock tells nothing.
const PACE: f64 = 0.05;
/// The pace is looked at over so long, s.
const PACE_S: f64 = 2.0;
/// A line that stays this much later than it was has lost frames, s: above the latency of adapters
/// (16 ms) and of a busy machine.
const STANDING_S: f64 = 0.15;
/// It must stay so for this long, s.
const STANDS_S: f64 = 1.5;

/// Holds frames against the clock.
#[derive(Debug)]
pub(super) struct Arrival {
    rate_hz: f64,
    points: Vec<Least>,
    /// Seconds a point stands for.
    every_s: f64,
    now: Option<Least>,
    /// Recent arrivals: when, and how late.
    recent: std::collections::VecDeque<(f64, f64)>,
}

/// Arrivals are looked back on for so long, s.
const RECENT_S: f64 = 10.0;
/// At most one arrival in this time is kept, s.
const GRAIN_S: f64 = 0.05;

impl Arrival {
    pub(super) fn new(rate_hz: f64) -> Self {
        let recent = std::collections::VecDeque::new();
        Self { rate_hz, points: Vec::new(), every_s: 1.0, now: None, recent }
    }

    /// The frame before number `frames` had come at `at_s`.
    pub(super) fn note(&mut self, frames: u64, at_s: f64) {
        let due_s = frames as f64 / self.rate_hz;
        let late_s = at_s - due_s;
        let least = Least { due_s, late_s };
        self.now = match self.now {
            Some(now) if (due_s / self.every_s).floor() == (now.due_s / self.every_s).floor() => {
                Some(if late_s < now.late_s { least } else { now })
            }
            done => {
                self.points.extend(done);
                self.thin();
                Some(least)
            }
        };
        match self.recent.back_mut() {
            Some(last) if at_s - last.0 < GRAIN_S => last.1 = last.1.min(late_s),
            _ => self.recent.push_back((at_s, late_s)),
        }
        while self.recent.front().is_some_and(|f| f.0 < at_s - RECENT_S) {
            self.recent.pop_front();
        }
    }

    fn thin(&mut self) {
        if self.points.len() < MOST_POINTS {
            return;
        }
        self.every_s *= 2.0;
        let pairs = self.points.chunks(2).map(|pair| {
            let least = |a: &Least, b: &Least| a.late_s.total_cmp(&b.late_s);
            *pair.iter().min_by(|a, b| least(a, b)).unwrap_or(&pair[0])
        });
        self.points = pairs.collect();
    }

    /// Frames that cannot be on their way any more: the line has been later than it was for a
    /// while. Only where the stream is in real time. Of a board whose counter goes round, these
    /// are whole turns, which are what it cannot tell.
    pub(super) fn missing(&mut self, counter: Counter) -> u64 {
        if counter == Counter::Whole || !self.in_real_time() {
            return 0;
        }
        let Some(&(now_s, _)) = self.recent.back() else { return 0 };
        let least = |from_s: f64, to_s: f64| {
            let within = self.recent.iter().filter(|r| r.0 >= now_s - from_s && r.0 <= now_s - to_s);
            within.map(|r| r.1).fold(f64::INFINITY, f64::min)
        };
        let (before, lately) = (least(RECENT_S, STANDS_S), least(STANDS_S, 0.0));
        let stood = self.recent.iter().any(|r| r.0 <= now_s - STANDS_S - 0.5);
        let more = lately - before;
        if !stood || !more.is_finite() || more < STANDING_S {
            return 0;
        }
        let frames = match counter {
            Counter::Turns(turn) => (more * self.rate_hz / turn as f64).round() as u64 * turn,
            _ => (more * self.rate_hz).round() as u64,
        };
        if frames > 0 {
            // From here on it is no longer late.
            self.recent.clear();
        }
        frames
    }

    /// Whether frames come at about the rate that the board is said to have.
    pub(super) fn in_real_time(&self) -> bool {
        let (Some(a), Some(b)) = (self.recent.front(), self.recent.back()) else { return false };
        let (span_s, more_late_s) = (b.0 - a.0, b.1 - a.1);
        // Lost frames make a line late, so only a line that is early is not in real time.
        span_s >= PACE_S && more_late_s > -PACE * span_s - STANDING_S
    }

    /// The pace, as a share of the rate, where it is another one than the board is said to have.
    pub(super) fn other_pace(&self) -> Option<f64> {
        let (first, last) = (self.points.first()?, self.points.last()?);
        let (due_s, came_s) =
            (last.due_s - first.due_s, last.due_s + last.late_s - first.due_s - first.late_s);
        let pace = due_s / came_s.max(1e-9);
        (came_s >= LEAST_S && (pace - 1.0).abs() > PACE).then_some(pace)
    }

    /// The rate by a line through the least late frames (least squares, without points that lie
    /// far off), once there is enough.
    pub(super) fn rate(&self) -> Option<MeasuredRate> {
        let (first, last) = (self.points.first()?, self.points.last()?);
        let span_s = last.due_s - first.due_s;
        let came_s = span_s + last.late_s - first.late_s;
        if span_s.min(came_s) < LEAST_S || self.points.len() < 15 {
            return None;
        }
        let mut points = self.points.clone();
        let mut line = fit(&points);
        for _ in 0..2 {
            let mut off: Vec<f64> = points.iter().map(|p| line.off(p).abs()).collect();
            off.sort_by(f64::total_cmp);
            // 1.4826 times the median absolute deviation is a normal distribution's deviation.
            let most = 3.0 * 1.4826 * off[off.len() / 2] + 1e-6;
            points.retain(|p| line.off(p).abs() <= most);
            line = fit(&points);
        }
        // Latency wanders slowly and more than chance would have it: its range over the whole
        // time is added to twice the standard error.
        let range = points.iter().map(|p| line.off(p).abs()).fold(0.0, f64::max);
        let relative = 2.0 * line.error + range / span_s;
        // A second of frames takes 1 + slope seconds of this machine.
        let hz = self.rate_hz / (1.0 + line.slope);
        Some(MeasuredRate { hz, uncertainty_hz: hz * relative })
    }
}

struct Line {
    slope: f64,
    at: f64,
    mean_due_s: f64,
    error: f64,
}

impl Line {
    fn off(&self, p: &Least) -> f64 {
        p.late_s - self.at - self.slope * (p.due_s - self.mean_due_s)
    }
}

fn fit(points: &[Least]) -> Line {
    let n = points.len() as f64;
    let mean_due_s = points.iter().map(|p| p.due_s).sum::<f64>() / n;
    let at = points.iter().map(|p| p.late_s).sum::<f64>() / n;
    let square: f64 = points.iter().map(|p| (p.due_s - mean_due_s).powi(2)).sum();
    let product: f64 = points.iter().map(|p| (p.due_s - mean_due_s) * (p.late_s - at)).sum();
    let mut line = Line { slope: product / square, at, mean_due_s, error: 0.0 };
    let rest: f64 = points.iter().map(|p| line.off(p).powi(2)).sum();
    line.error = (rest / (n - 2.0) / square).sqrt();
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Chance that is the same each time, 0 to 1.
    fn chance(n: u64) -> f64 {
        (n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) as f64 / (1u64 << 24) as f64
    }

    /// Frames in clumps of 16 ms with up to 5 ms more, from a clock that is off by `ppm`.
    fn arrivals(arrival: &mut Arrival, rate_hz: f64, ppm: f64, seconds: f64, lost: impl Fn(f64) -> u64) {
        let mut at_s = 0.0;
        let mut n = 0;
        while at_s < seconds {
            n += 1;
            at_s = n as f64 * 0.016;
            let taken = (at_s * rate_hz * (1.0 + ppm / 1e6)) as u64;
            arrival.note(taken - lost(at_s), at_s + 0.005 * chance(n));
        }
    }

    #[test]
    fn the_rate_is_known_to_5_ppm_after_two_hours_and_within_what_it_states() {
        for ppm in [-2500.0, -30.0, 0.0, 2500.0] {
            let mut arrival = Arrival::new(2000.0);
            arrivals(&mut arrival, 2000.0, ppm, 7200.0, |_| 0);
            let rate = arrival.rate().unwrap();
            let off_hz = rate.hz - 2000.0 * (1.0 + ppm / 1e6);
            assert!(off_hz.abs() < 2000.0 * 5e-6, "{ppm}: {off_hz}");
            assert!(off_hz.abs() < rate.uncertainty_hz, "{ppm}: {off_hz} {}", rate.uncertainty_hz);
        }
    }

    #[test]
    fn a_minute_gives_a_rate_within_its_uncertainty_and_10_s_give_none() {
        let mut arrival = Arrival::new(250.0);
        arrivals(&mut arrival, 250.0, 5000.0, 10.0, |_| 0);
        assert_eq!(arrival.rate(), None);
        let mut arrival = Arrival::new(250.0);
        arrivals(&mut arrival, 250.0, 5000.0, 60.0, |_| 0);
        let rate = arrival.rate().unwrap();
        assert!((rate.hz - 251.25).abs() < rate.uncertainty_hz, "{rate:?}");
        assert!(rate.uncertainty_hz < 0.25, "{rate:?}");
    }

    #[test]
    fn frames_that_no_counter_tells_of_are_missed_by_the_clock_and_a_late_line_is_not() {
        for (lost_s, expected) in [(0.0, 0.0), (0.1, 0.0), (0.5, 5000.0)] {
            let mut arrival = Arrival::new(10_000.0);
            let mut told = 0;
            for second in 1..30 {
                let (from, to) = (f64::from(second - 1), f64::from(second));
                let mut part = 0.0;
                while part < 1.0 {
                    part += 0.016;
                    let at_s = from + part;
                    let gone = if at_s > 12.0 { lost_s * 1e4 } else { 0.0 };
                    // For a fifth of a second at 20 s nothing is read; then all of it comes at once.
                    let stalls = (20.0..20.2).contains(&at_s);
                    if !stalls {
                        arrival.note((at_s * 1.002e4 - gone) as u64 + told, at_s);
                        told += arrival.missing(Counter::None);
                    }
                }
                let _ = to;
            }
            assert!((told as f64 - expected).abs() <= 0.06 * expected + 1.0, "{lost_s}: {told}");
        }
    }

    #[test]
    fn of_a_board_that_counts_only_whole_turns_are_missed() {
        for (counter, expected) in [
            (Counter::None, 1000),
            (Counter::Turns(256), 1024),
            (Counter::Turns(16), 1008),
            (Counter::Whole, 0),
        ] {
            let mut arrival = Arrival::new(1000.0);
            let mut told = 0;
            for n in 1..2000u64 {
                let at_s = n as f64 * 0.016;
                let gone = if at_s > 12.0 { 1000 } else { 0 };
                arrival.note(n * 16 - gone + told, at_s);
                told += arrival.missing(counter);
            }
            assert!(told.abs_diff(expected) <= 20, "{counter:?}: {told}");
        }
    }

    #[test]
    fn a_stream_that_is_not_in_real_time_tells_nothing() {
        let mut arrival = Arrival::new(1000.0);
        for n in 1..400u64 {
            let stall = if n > 200 { 3.0 } else { 0.0 };
            arrival.note(n * 1000, n as f64 * 0.1 + stall);
            assert_eq!(arrival.missing(Counter::None), 0);
        }
        assert!(!arrival.in_real_time());
    }
}
