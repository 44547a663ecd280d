//! How many standard deviations above the median a threshold must lie: the budget shared among the
//! windows, and the tail of an energy of noise.
//!
//! Around its middle the cube root of an energy of noise is close to normal; far out it is not where a
//! window has few degrees of freedom: at two of them, what one look in a million passes lies 9 %
//! below what the normal law says. So the tail is that of the gamma law itself.

use statrs::function::gamma::gamma_ur;

use crate::signal::envelope::WINDOWS;

/// Independent looks for each length of a window: scanning it hop by hop sees more than its length's worth.
/// Measured, with the tail, on the noise of the simulation, half white and half with the spectrum of EMG, so
/// that budgets of 0.01 to 10 a minute hold.
const LOOKS: f64 = 4.0;
/// No more looks than one for this many hops, where slow recordings have few in a window.
const HOPS_A_LOOK: f64 = 2.0;
/// A window twice as long has this share of the budget. With half of it, as windows have by their looks, fewer
/// faint bursts are found; with as much, fewer of the short ones on real backgrounds.
const SHARE: f64 = std::f64::consts::FRAC_1_SQRT_2;
/// The tail of each window is heavier than that of the gamma law by e to this times the standard deviations
/// beyond 3: noise is coloured, a long window sees more of it, and floors are known by chance.
pub const TAILS: [f64; WINDOWS] = [1.55, 1.15, 0.95, 0.85];
/// The same of all windows without weights, which is stricter: pieces of efforts are judged so.
pub const FLAT_TAIL: f64 = 1.7;
/// The spreads that z is tabulated for: so many, so far apart, from the first on to just over the widest that
/// is believed.
const SPREADS: usize = 16;
const APART: f64 = 0.04;
const FIRST: f64 = 0.02;

/// The chance that one look at each window passes its threshold, for windows of `hops` hops of `hop_s`
/// seconds.
pub fn chances(budget_per_min: f64, hops: [u64; WINDOWS], hop_s: f64) -> [f64; WINDOWS] {
    let shares: f64 = (0..WINDOWS).map(|w| SHARE.powi(w as i32)).sum();
    std::array::from_fn(|w| {
        let hops = hops[w] as f64;
        let looks_per_s = LOOKS.min(hops / HOPS_A_LOOK) / (hops * hop_s);
        budget_per_min / 60.0 * SHARE.powi(w as i32) / shares / looks_per_s
    })
}

/// How far out the threshold of one window lies, for whatever spread is found.
#[derive(Debug, Clone)]
pub struct Tail {
    sigmas: [f64; SPREADS],
}

impl Tail {
    /// For a threshold that one look in `1 / chance` passes, of noise with this `tail`.
    pub fn new(chance: f64, tail: f64) -> Self {
        Self { sigmas: std::array::from_fn(|n| solve(tail, chance, FIRST + APART * n as f64)) }
    }

    /// How many times `spread`, the standard deviation of the cube root of an energy over its median,
    /// the cube root of the threshold over the median lies above 1.
    pub fn sigmas(&self, spread: f64) -> f64 {
        let place = ((spread - FIRST) / APART).clamp(0.0, (SPREADS - 1) as f64);
        let n = (place as usize).min(SPREADS - 2);
        self.sigmas[n] + (place - n as f64) * (self.sigmas[n + 1] - self.sigmas[n])
    }
}

/// With k degrees of freedom the cube root of energy over mean has the mean 1 - s² and the standard
/// deviation s = √(2 / 9k) (Wilson & Hilferty 1931), and the spread is their quotient.
fn solve(tail: f64, chance: f64, spread: f64) -> f64 {
    let s = ((1.0 + 4.0 * spread * spread).sqrt() - 1.0) / (2.0 * spread);
    let degrees = 2.0 / (9.0 * s * s);
    let (mut low, mut high) = (0.0, 20.0);
    for _ in 0..32 {
        let z = 0.5 * (low + high);
        let energy = (1.0 - s * s + z * s).powi(3);
        let passes = gamma_ur(degrees / 2.0, degrees * energy / 2.0) * (tail * (z - 3.0).max(0.0)).exp();
        if passes > chance { low = z } else { high = z }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_lie_where_scipy_puts_them() {
        let rows = include_str!("../../../tests/data/tail.tsv").lines();
        let numbers =
            |row: &str| row.split('\t').map(|n| n.parse::<f64>().expect("a number")).collect::<Vec<_>>();
        let rows: Vec<_> = rows.map(numbers).collect();
        assert_eq!(rows.len(), 60);
        for row in rows {
            let [chance, spread, z] = row[..] else { panic!("{row:?}") };
            assert!((solve(TAILS[0], chance, spread) - z).abs() < 1e-4, "{chance} {spread}: {z}");
            // Between its places the table is straight: within 0.4 %, at most 0.05 dB.
            let told = Tail::new(chance, TAILS[0]).sigmas(spread);
            assert!((told / z - 1.0).abs() < 0.004, "{chance} {spread}: {told} for {z}");
        }
    }

    #[test]
    fn the_windows_share_the_whole_budget() {
        let chances = chances(6.0, [8, 16, 32, 64], 0.002);
        let a_minute = |(w, chance): (usize, f64)| chance * LOOKS / (0.016 * f64::from(1 << w)) * 60.0;
        let alarms = chances.into_iter().enumerate().map(a_minute).collect::<Vec<_>>();
        assert!((alarms.iter().sum::<f64>() - 6.0).abs() < 1e-9, "{alarms:?}");
        assert!(alarms.windows(2).all(|pair| pair[0] > pair[1]), "{alarms:?}");
    }
}
