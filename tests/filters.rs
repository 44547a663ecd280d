//! Filters and spectra against SciPy (`tests/data/filters.py` made the vectors).

use serde::Deserialize;
use twitchscope::signal::design::{Error, Shape, butterworth, notch};
use twitchscope::signal::spectrum::Welch;
use twitchscope::units::{Hertz, SampleRate};

#[derive(Deserialize)]
struct Vectors {
    filters: Vec<Filter>,
    welch: WelchVector,
}

#[derive(Deserialize)]
struct Filter {
    kind: String,
    order: usize,
    corners_hz: Vec<f64>,
    quality: Option<f64>,
    rate_hz: f64,
    freqs_hz: Vec<f64>,
    re: Vec<f64>,
    im: Vec<f64>,
    impulse: Vec<f64>,
}

#[derive(Deserialize)]
struct WelchVector {
    rate_hz: f64,
    segment: usize,
    x: Vec<f64>,
    psd: Vec<f64>,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("data/filters.json")).unwrap()
}

fn shape(kind: &str, corners: &[f64]) -> Shape {
    let at = |k: usize| Hertz::new(corners[k]);
    match kind {
        "lowpass" => Shape::LowPass(at(0)),
        "highpass" => Shape::HighPass(at(0)),
        "bandpass" => Shape::BandPass(at(0), at(1)),
        "bandstop" => Shape::BandStop(at(0), at(1)),
        other => panic!("unknown kind {other}"),
    }
}

#[test]
fn every_filter_answers_as_scipys_does() {
    let filters = vectors().filters;
    assert_eq!(filters.len(), 5 * (8 * 4 + 3));
    for f in filters {
        let rate = SampleRate::new(f.rate_hz).unwrap();
        let cascade = match f.quality {
            Some(quality) => notch(Hertz::new(f.corners_hz[0]), quality, rate).unwrap(),
            None => butterworth(f.order, shape(&f.kind, &f.corners_hz), rate).unwrap(),
        };
        let name = format!("{} {} {:?} @ {}", f.kind, f.order, f.corners_hz, f.rate_hz);
        let largest = f.impulse.iter().fold(0.0f64, |m, v| m.max(v.abs()));
        let mut state = cascade.silent();
        for (n, expected) in f.impulse.iter().enumerate() {
            let got = cascade.step(&mut state, if n == 0 { 1.0 } else { 0.0 });
            assert!((got - expected).abs() < 1e-10 * largest, "{name}: impulse {n}: {got} {expected}");
        }
        for ((freq, re), im) in f.freqs_hz.iter().zip(&f.re).zip(&f.im) {
            let got = cascade.response(Hertz::new(*freq), rate);
            let off = (got.re - re).hypot(got.im - im);
            assert!(off < 1e-10, "{name}: {freq} Hz: off by {off:e}");
        }
    }
}

#[test]
fn welch_gives_the_density_that_scipy_gives() {
    let v = vectors().welch;
    let mut welch = Welch::new(v.segment, SampleRate::new(v.rate_hz).unwrap());
    for (got, expected) in welch.density(&v.x).iter().zip(&v.psd) {
        assert!((got - expected).abs() < 1e-10, "{got} {expected}");
    }
}

#[test]
fn what_cannot_be_designed_is_an_error_that_names_the_value() {
    let rate = SampleRate::new(1000.0).unwrap();
    let low = |hz| Shape::LowPass(Hertz::new(hz));
    assert_eq!(butterworth(0, low(100.0), rate), Err(Error::Order(0)));
    assert_eq!(butterworth(9, low(100.0), rate), Err(Error::Order(9)));
    for corner_hz in [0.0, 500.0, -3.0] {
        assert_eq!(butterworth(2, low(corner_hz), rate), Err(Error::Corner { corner_hz, nyquist_hz: 500.0 }));
    }
    assert!(butterworth(2, low(f64::NAN), rate).is_err());
    let band = Shape::BandPass(Hertz::new(80.0), Hertz::new(20.0));
    assert_eq!(butterworth(2, band, rate), Err(Error::EmptyBand { low_hz: 80.0, high_hz: 20.0 }));
    assert_eq!(notch(Hertz::new(50.0), 0.0, rate), Err(Error::Quality(0.0)));
}
