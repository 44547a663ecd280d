//! One insertion as it was watched: when, and when it twitched.

/// An insertion with the stretches of its dwell in which a twitch would have been seen.
///
/// All numbers are clean: spans are in order and apart, events are in order and lie within them.
#[derive(Debug, Clone, PartialEq)]
pub struct Watched {
    cluster: usize,
    dwell_s: f64,
    spans: Vec<[f64; 2]>,
    events: Vec<f64>,
}

impl Watched {
    /// An insertion of `dwell_s` seconds, less the spans `masked`, with events at ages since needle
    /// in; those of one `cluster` (a subject, numbered from 0) are not independent.
    ///
    /// A dwell that is no time is none. An event that is no number is left out; one that lies
    /// outside of what was watched, by rounding, is put at the nearest instant that was.
    pub fn new(cluster: usize, dwell_s: f64, masked: &[[f64; 2]], events: &[f64]) -> Self {
        let dwell_s = if dwell_s.is_finite() { dwell_s.max(0.0) } else { 0.0 };
        let spans = apart(dwell_s, masked);
        let inside = events.iter().filter(|t| t.is_finite()).filter_map(|&t| nearest(&spans, t));
        let mut events: Vec<f64> = inside.collect();
        events.sort_by(f64::total_cmp);
        Self { cluster, dwell_s, spans, events }
    }

    /// Which insertions it is not independent of.
    pub fn cluster(&self) -> usize {
        self.cluster
    }

    /// Needle in to needle out, s.
    pub fn dwell_s(&self) -> f64 {
        self.dwell_s
    }

    /// The stretches that were watched, s since needle in; both ends belong to them.
    pub fn spans(&self) -> &[[f64; 2]] {
        &self.spans
    }

    /// Times of its events since needle in, s, in order.
    pub fn events(&self) -> &[f64] {
        &self.events
    }

    /// How long it was watched, s.
    pub fn observed_s(&self) -> f64 {
        self.spans.iter().map(|[a, b]| b - a).sum()
    }

    /// How long it was watched between two ages, s.
    pub fn observed_between_s(&self, from_s: f64, to_s: f64) -> f64 {
        self.spans.iter().map(|[a, b]| (b.min(to_s) - a.max(from_s)).max(0.0)).sum()
    }

    /// As if the needle had come out after `dwell_s`, where it was in for longer.
    pub fn until(&self, dwell_s: f64) -> Self {
        let keep = |[a, b]: &[f64; 2]| (*a <= dwell_s).then(|| [*a, b.min(dwell_s)]);
        Self {
            cluster: self.cluster,
            dwell_s: self.dwell_s.min(dwell_s),
            spans: self.spans.iter().filter_map(keep).collect(),
            events: self.events.iter().copied().filter(|t| *t <= dwell_s).collect(),
        }
    }
}

/// What `masked` leaves of a dwell. A dwell of no length is an instant.
fn apart(dwell_s: f64, masked: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let mut dark: Vec<[f64; 2]> = masked.iter().copied().filter(|[a, b]| a < b).collect();
    dark.sort_by(|x, y| x[0].total_cmp(&y[0]));
    let (mut spans, mut reached) = (Vec::new(), 0.0);
    for [from, to] in dark {
        if from > reached && reached < dwell_s {
            spans.push([reached, from.min(dwell_s)]);
        }
        reached = to.max(reached);
    }
    if reached < dwell_s || (dwell_s == 0.0 && reached == 0.0) {
        spans.push([reached, dwell_s]);
    }
    spans
}

fn nearest(spans: &[[f64; 2]], age: f64) -> Option<f64> {
    let within = spans.iter().map(|[a, b]| age.clamp(*a, *b));
    within.min_by(|x, y| (x - age).abs().total_cmp(&(y - age).abs()))
}

/// How many different clusters there are among `insertions`.
pub fn clusters(insertions: &[Watched]) -> usize {
    let mut all: Vec<usize> = insertions.iter().map(Watched::cluster).collect();
    all.sort_unstable();
    all.dedup();
    all.len()
}
