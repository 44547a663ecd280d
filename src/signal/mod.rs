//! Pure numbers: filters, energies, noise floors, spectra.
//!
//! This room knows units, rustfft and realfft. It must never know blocks, twitches, files or
//! settings: what comes in and goes out are plain slices, with the sample rate said beside them.
//! Configuration (what was designed) is kept apart from state (what has been heard so far), so
//! that one design serves many channels and a reset is a new state.

pub mod biquad;
pub mod canceller;
pub mod design;
pub mod envelope;
pub mod floor;
pub mod mains;
pub mod overview;
pub mod ring;
pub mod spectrum;
pub mod whiten;
