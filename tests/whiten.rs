//! The filter that weighs frequencies by the noise, against NumPy and SciPy (`tests/data/whiten.py` made the
//! vectors), and how much further bursts stand out by it.

use serde::Deserialize;
use twitchscope::signal::design::{Shape, butterworth};
use twitchscope::signal::whiten::{Expected, Lags, ORDER, Whitener};
use twitchscope::units::{Hertz, SampleRate};

#[derive(Deserialize)]
struct Row {
    rate_hz: f64,
    high_hz: f64,
    x: Vec<f32>,
    taps: Vec<f64>,
}

#[test]
fn the_filter_is_the_one_that_the_normal_equations_give() {
    let rows: Vec<Row> = serde_json::from_str(include_str!("data/whiten.json")).unwrap();
    assert_eq!(rows.len(), 9);
    for row in rows {
        let rate = SampleRate::new(row.rate_hz).unwrap();
        let band = Shape::BandPass(Hertz::new(20.0), Hertz::new(row.high_hz));
        let expected = Expected::behind(&[&butterworth(2, band, rate).unwrap()], rate);
        let mut lags = Lags::default();
        lags.add(&row.x, 1.0);
        let mut impulse = [0.0; ORDER + 1];
        impulse[0] = 1.0;
        Whitener::of(&lags, &expected).unwrap().run(&mut impulse);
        for (ours, theirs) in impulse.into_iter().zip(row.taps) {
            assert!((f64::from(ours) - theirs).abs() < 1e-4, "{} Hz: {ours} {theirs}", row.rate_hz);
        }
    }
}
