//! twitchscope finds local twitch responses in surface EMG and counts them against needle dwell
//! time. It is research software and no medical device.
//!
//! # The tour of one sample
//!
//! ```text
//!  X.wav, X_emg.json, marks          a recipe and a seed
//!             │                               │
//!             ▼                               ▼
//!    source::Recording               simulate::render ──▶ X.wav and its truth
//!             │ Block: frames × channels, µV, first frame, marks
//!             ▼
//!    Pipeline::push            lost, clipped, flat and masked samples are no signal
//!             │                → high-pass, mains notches, two bands
//!             │                → energy in several windows against the noise floor
//!             │                → burst: onset, offset, shape → class and reason
//!             │ Event: Candidate, Twitch (merged over channels), Masked
//!             ▼
//!    analysis::analyze         twitches meet insertions, masked time leaves the dwell
//!             │
//!             ▼
//!    Session ──▶ report::tables, report::figure, the summary on the terminal
//! ```
//!
//! A sample comes out of a [`source::Source`] in a [`block::Block`], on the recording's own clock
//! ([`units::SampleIndex`]): frames are counted, seconds are only for people. Blocks may be cut
//! anywhere; the [`pipeline::Pipeline`] gives the same events. A gap is data: what was lost or
//! clipped is told as a span and leaves the observed dwell. Thresholds are in units of the noise,
//! so that a recording of unknown scale is analysed all the same. Every view is made from the
//! [`session::Session`], so that it can be made again later.
//!
//! # Open a recording, push it, list the twitches
//!
//! ```
//! use std::path::Path;
//! use twitchscope::analysis::drive;
//! use twitchscope::pipeline::{Event, Pipeline};
//! use twitchscope::settings::Settings;
//! use twitchscope::source::{Options, Recording, Source};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut recording = Recording::open(Path::new("samples/four-insertions.wav"), &Options::default())?;
//! let rate = recording.format().rate;
//! let mut pipeline = Pipeline::new(recording.format(), &Settings::default())?;
//!
//! let mut onsets = Vec::new();
//! let mut list = |event| {
//!     if let Event::Twitch(found) = event {
//!         onsets.push(rate.time(found.span.start));
//!     }
//! };
//! drive(&mut recording, &mut pipeline, &mut list, &mut |_frames| {})?;
//! pipeline.finish(&mut list);
//!
//! for onset in &onsets {
//!     println!("a twitch at {:.3} s", onset.s());
//! }
//! assert!(onsets.len() > 30);
//! # Ok(())
//! # }
//! ```
//!
//! A board on a serial port is a source, too: [`source::Live`] gives blocks as a recording does,
//! and [`monitor::watch`] tells what happens in them. [`virtual_board`] is a board without one.
//!
//! [`analysis::analyze`] does this and makes a session of it; [`report::write_all`] writes the
//! tables and figures.

pub mod analysis;
pub mod batch;
pub mod block;
pub mod dashboard;
pub mod detect;
pub mod evaluate;
pub mod excerpt;
pub mod insertion;
pub mod monitor;
pub mod pipeline;
pub mod recorder;
pub mod report;
pub mod rest;
pub mod review;
pub mod self_test;
pub mod session;
pub mod settings;
pub mod signal;
pub mod simulate;
pub mod source;
pub mod statistics;
pub mod study;
pub mod terminal;
pub mod tune;
pub mod units;
pub mod virtual_board;
