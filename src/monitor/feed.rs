//! What is watched: a board on a port, or a recording that is played.

use crate::insertion::Insertion;
use crate::source::{Gap, Link, Live, MeasuredRate, Source};
use crate::units::SampleIndex;

/// A source, with what a person is told of it while it is read.
pub trait Feed: Source {
    /// Where it comes from: the port, or the file.
    fn place(&self) -> &str;

    /// The board's name on the command line; `replay` for a recording.
    fn board(&self) -> &'static str;

    /// What it calls itself.
    fn description(&self) -> &str;

    /// Who says what the rate is.
    fn rate_from(&self) -> &'static str;

    /// What one count is, in the samples' unit.
    fn gain(&self) -> f64;

    /// The board's true rate by this machine's clock, once it is known.
    fn measured_rate(&self) -> Option<MeasuredRate> {
        None
    }

    /// Frames that were lost so far.
    fn lost(&self) -> u64;

    /// Bytes that came so far.
    fn bytes(&self) -> u64;

    /// Bytes that were part of no frame.
    fn skipped_bytes(&self) -> u64 {
        0
    }

    /// Gaps since this was asked last.
    fn take_gaps(&mut self) -> Vec<Gap>;

    /// Where the board was unplugged and came back since this was asked last.
    fn take_links(&mut self) -> Vec<Link> {
        Vec::new()
    }

    /// How long ago the bytes came that completed the frames which were given last, s, where they
    /// come from a board.
    fn since_bytes_s(&self) -> Option<f64> {
        None
    }

    /// The counts of the frames that were given last, interleaved.
    fn counts(&self) -> &[f32] {
        &[]
    }

    /// Bytes that came since this was asked last, where they are kept.
    fn take_raw(&mut self) -> Vec<u8> {
        Vec::new()
    }

    /// Whether marks were typed beforehand, so that none of them is a bounce of a switch.
    fn marked_by_hand(&self) -> bool {
        false
    }

    /// Needles that went in (`true`) or out by `end`, where all is known of them beforehand.
    fn moments(&mut self, end: SampleIndex) -> Vec<(bool, Insertion)> {
        let _ = end;
        Vec::new()
    }

    /// Why no more comes, where nobody asked to stop.
    fn ended(&self) -> Option<String>;
}

impl Feed for Live {
    fn place(&self) -> &str {
        self.port()
    }

    fn board(&self) -> &'static str {
        Live::board(self).name()
    }

    fn description(&self) -> &str {
        &self.described().name
    }

    fn rate_from(&self) -> &'static str {
        Live::rate_from(self).name()
    }

    fn gain(&self) -> f64 {
        Live::gain(self)
    }

    fn measured_rate(&self) -> Option<MeasuredRate> {
        Live::measured_rate(self)
    }

    fn lost(&self) -> u64 {
        Live::lost(self)
    }

    fn bytes(&self) -> u64 {
        Live::bytes(self)
    }

    fn skipped_bytes(&self) -> u64 {
        Live::skipped_bytes(self)
    }

    fn take_gaps(&mut self) -> Vec<Gap> {
        Live::take_gaps(self)
    }

    fn take_links(&mut self) -> Vec<Link> {
        Live::take_links(self)
    }

    fn since_bytes_s(&self) -> Option<f64> {
        Some(Live::since_bytes_s(self))
    }

    fn counts(&self) -> &[f32] {
        Live::counts(self)
    }

    fn take_raw(&mut self) -> Vec<u8> {
        Live::take_raw(self)
    }

    fn marked_by_hand(&self) -> bool {
        Live::marked_by_hand(self)
    }

    fn ended(&self) -> Option<String> {
        Live::ended(self).map(ToString::to_string)
    }
}
