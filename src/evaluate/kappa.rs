//! How far two raters agree on the same things, beyond what chance would give.

use serde::Serialize;

/// How often two raters said yes or no of the same things.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Verdicts {
    /// Both said yes.
    pub both: u64,
    /// The first alone said yes.
    pub only_first: u64,
    /// The second alone said yes.
    pub only_second: u64,
    /// Both said no.
    pub neither: u64,
}

/// Cohen's kappa with its large-sample 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Kappa {
    /// 1 for full agreement, 0 for what chance gives.
    pub value: f64,
    /// The interval's lower end.
    pub low: f64,
    /// The interval's upper end.
    pub high: f64,
}

/// The 97.5 % quantile of the standard normal distribution.
const Z_975: f64 = 1.959_963_984_540_054;

impl Verdicts {
    /// Adds one thing of which the first said `first` and the second `second`.
    pub fn add(&mut self, first: bool, second: bool) {
        *match (first, second) {
            (true, true) => &mut self.both,
            (true, false) => &mut self.only_first,
            (false, true) => &mut self.only_second,
            (false, false) => &mut self.neither,
        } += 1;
    }

    /// How many things were judged.
    pub fn count(&self) -> u64 {
        self.both + self.only_first + self.only_second + self.neither
    }

    /// The share on which both agree; `None` where nothing was judged.
    pub fn agreement(&self) -> Option<f64> {
        let n = self.count();
        (n > 0).then(|| (self.both + self.neither) as f64 / n as f64)
    }

    /// Cohen's kappa, `(p_o - p_e) / (1 - p_e)`: Cohen J (1960), A coefficient of agreement for
    /// nominal scales, Educ Psychol Meas 20:37–46. Its variance is that of Fleiss JL, Cohen J,
    /// Everitt BS (1969), Psychol Bull 72:323–327, eq. 13: good for many things, rough for few.
    ///
    /// `None` where nothing was judged or both said the same of everything: then chance alone would
    /// agree, and kappa is not defined.
    pub fn kappa(&self) -> Option<Kappa> {
        let n = self.count() as f64;
        let p = [[self.both, self.only_first], [self.only_second, self.neither]]
            .map(|row| row.map(|k| k as f64 / n));
        let first = [p[0][0] + p[0][1], p[1][0] + p[1][1]];
        let second = [p[0][0] + p[1][0], p[0][1] + p[1][1]];
        let observed = p[0][0] + p[1][1];
        let expected = first[0] * second[0] + first[1] * second[1];
        // Also where n is 0, which gives NaN.
        let defined = expected < 1.0;
        if !defined {
            return None;
        }
        let value = (observed - expected) / (1.0 - expected);
        let alike =
            |i: usize| p[i][i] * ((1.0 - expected) - (first[i] + second[i]) * (1.0 - observed)).powi(2);
        let apart = |i: usize, j: usize| p[i][j] * (second[i] + first[j]).powi(2);
        let variance = (alike(0) + alike(1) + (1.0 - observed).powi(2) * (apart(0, 1) + apart(1, 0))
            - (observed * expected - 2.0 * expected + observed).powi(2))
            / (n * (1.0 - expected).powi(4));
        let reach = Z_975 * variance.max(0.0).sqrt();
        Some(Kappa { value, low: (value - reach).max(-1.0), high: (value + reach).min(1.0) })
    }
}
