//! What the best energy detector would find: the limit that a detector is held against.

use statrs::distribution::{ChiSquared, ContinuousCDF};

/// Effective bandwidth of EMG in 20-450 Hz, Hz: its spectrum is not flat, so a burst has fewer
/// independent values than its band is wide.
const BANDWIDTH_HZ: f64 = 150.0;
/// The fewest independent values a burst can have: one, in its two quadratures.
const LEAST_FREEDOM: f64 = 2.0;

/// The chance that an energy detector finds a burst of `duration_s` at `snr_db`, in the band, with
/// `per_min` false alarms a minute.
///
/// The energy of noise over T seconds of a band B is χ² with 2BT degrees of freedom (Urkowitz H
/// (1967), Energy detection of unknown deterministic signals, Proc. IEEE 55:523-531); that of a
/// burst that is itself noise is the same 1 + SNR times as large. The threshold lets one look in
/// `per_min` over the looks a minute pass, at two looks in each T. The detector knows the noise
/// and the duration beforehand. A real one knows neither; bursts that are not Gaussian (few
/// potentials, far apart) can be found more often than this.
pub fn recall(duration_s: f64, snr_db: f64, per_min: f64) -> f64 {
    let freedom = (2.0 * BANDWIDTH_HZ * duration_s).max(LEAST_FREEDOM);
    let Ok(noise) = ChiSquared::new(freedom) else { return f64::NAN };
    let chance = per_min / 60.0 * duration_s / 2.0;
    let (mut low, mut high) = (0.0, 100.0 * freedom);
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        if noise.sf(middle) > chance { low = middle } else { high = middle }
    }
    noise.sf(low / (1.0 + 10f64.powf(snr_db / 10.0)))
}
