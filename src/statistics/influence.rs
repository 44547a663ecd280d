//! How much each cluster bears on an estimate, as running sums.

/// The influences of clusters on a sum over event ages in which all that are at risk share alike.
///
/// The influence of a cluster with `inside` insertions at risk is `own − inside × common`. `common`
/// is the same for all of them and grows with every event; `own` changes only with the cluster's
/// own events, and when one of its insertions comes or goes (by `common`, so that the influence
/// itself stays what it is). So a step costs its events, not its insertions.
pub(super) struct Influence {
    /// The part that all at risk share.
    pub(super) common: f64,
    own: Vec<f64>,
    inside: Vec<f64>,
    own_squares: f64,
    own_by_inside: f64,
    inside_squares: f64,
}

impl Influence {
    /// Of so many clusters, none of them with an insertion at risk.
    pub(super) fn new(clusters: usize) -> Self {
        Self {
            common: 0.0,
            own: vec![0.0; clusters],
            inside: vec![0.0; clusters],
            own_squares: 0.0,
            own_by_inside: 0.0,
            inside_squares: 0.0,
        }
    }

    /// `by` insertions of a cluster come (above 0) or go.
    pub(super) fn change(&mut self, cluster: usize, by: f64) {
        self.set(cluster, self.own[cluster] + by * self.common, self.inside[cluster] + by);
    }

    /// An event of a cluster.
    pub(super) fn event(&mut self, cluster: usize, weight: f64) {
        self.set(cluster, self.own[cluster] + weight, self.inside[cluster]);
    }

    /// The sum of the squares of all influences.
    pub(super) fn squares(&self) -> f64 {
        let sum = self.own_squares - 2.0 * self.common * self.own_by_inside
            + self.common * self.common * self.inside_squares;
        // Where all clusters are alike the terms cancel and rounding may leave less than 0.
        sum.max(0.0)
    }

    fn set(&mut self, cluster: usize, own: f64, inside: f64) {
        let (o, i) = (self.own[cluster], self.inside[cluster]);
        self.own_squares += own * own - o * o;
        self.own_by_inside += own * inside - o * i;
        self.inside_squares += inside * inside - i * i;
        (self.own[cluster], self.inside[cluster]) = (own, inside);
    }
}

/// The same clusters numbered from 0 without holes, and how many there are.
pub(super) fn numbered(clusters: impl Iterator<Item = usize> + Clone) -> (Vec<usize>, usize) {
    let mut known: Vec<usize> = clusters.clone().collect();
    known.sort_unstable();
    known.dedup();
    // Every cluster is known, so the place of the next larger one never serves.
    (clusters.map(|c| known.binary_search(&c).unwrap_or_default()).collect(), known.len())
}
