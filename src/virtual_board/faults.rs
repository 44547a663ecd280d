//! What goes wrong between a board and a computer, by choice and from a seed.

use rand_core::SeedableRng;
use rand_distr::{Distribution, Exp1, StandardUniform};
use rand_pcg::Pcg64;

/// What goes wrong. Nothing, unless it is chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Faults {
    /// The seed of everything that happens by chance.
    pub seed: u64,
    /// The share of samples that are taken and never sent.
    pub loss: f64,
    /// The share of bytes in which one bit is turned.
    pub flips: f64,
    /// The share of bytes that are lost on the line.
    pub lost_bytes: f64,
    /// The share of bytes behind which a byte too many comes.
    pub extra_bytes: f64,
    /// The share of bytes at which 64 bytes, one USB packet, are lost.
    pub holes: f64,
    /// By how much the board's clock is fast, parts in a million.
    pub drift_ppm: f64,
    /// The line is at the wrong speed: nothing but noise comes.
    pub wrong_baud: bool,
    /// The cable is pulled after so many seconds of signal.
    pub unplug_s: Option<f64>,
    /// The board starts again after so many seconds of signal.
    pub reset_s: Option<f64>,
    /// The board says nothing any more after so many seconds of signal.
    pub silent_s: Option<f64>,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            seed: 1,
            loss: 0.0,
            flips: 0.0,
            lost_bytes: 0.0,
            extra_bytes: 0.0,
            holes: 0.0,
            drift_ppm: 0.0,
            wrong_baud: false,
            unplug_s: None,
            reset_s: None,
            silent_s: None,
        }
    }
}

/// A USB packet at full speed, bytes.
const PACKET: u32 = 64;

/// The line, with what happens on it.
#[derive(Debug)]
pub(super) struct Line {
    faults: Faults,
    chance: Pcg64,
    /// Bytes of a hole that are still to be lost.
    hole: u32,
    /// Bytes until the next thing happens; drawn anew each time.
    until: u64,
}

impl Line {
    pub(super) fn new(faults: &Faults) -> Self {
        let chance = Pcg64::seed_from_u64(faults.seed);
        let mut line = Self { faults: faults.clone(), chance, hole: 0, until: 0 };
        line.until = line.wait();
        line
    }

    /// Whether the sample that is taken now is lost on the board.
    pub(super) fn loses_sample(&mut self) -> bool {
        self.faults.loss > 0.0 && self.share() < self.faults.loss
    }

    fn share(&mut self) -> f64 {
        StandardUniform.sample(&mut self.chance)
    }

    fn all(&self) -> f64 {
        self.faults.flips + self.faults.lost_bytes + self.faults.extra_bytes + self.faults.holes
    }

    /// Bytes until the next fault.
    fn wait(&mut self) -> u64 {
        let all = self.all();
        if all <= 0.0 {
            return u64::MAX;
        }
        let wait: f64 = Exp1.sample(&mut self.chance);
        (wait / all) as u64
    }

    /// What arrives of `sent`.
    pub(super) fn carry(&mut self, sent: &[u8], arrives: &mut Vec<u8>) {
        for &byte in sent {
            if self.faults.wrong_baud {
                let noise: u8 = StandardUniform.sample(&mut self.chance);
                arrives.push(noise);
            } else if self.hole > 0 {
                self.hole -= 1;
            } else if self.until == 0 {
                self.until = self.wait();
                self.strike(byte, arrives);
            } else {
                self.until -= 1;
                arrives.push(byte);
            }
        }
    }

    /// One fault, at `byte`.
    fn strike(&mut self, byte: u8, arrives: &mut Vec<u8>) {
        let dice = self.share() * self.all();
        let any: u8 = StandardUniform.sample(&mut self.chance);
        let faults = &self.faults;
        if dice < faults.flips {
            arrives.push(byte ^ (1 << (any & 7)));
        } else if dice < faults.flips + faults.extra_bytes {
            arrives.extend_from_slice(&[byte, any]);
        } else if dice < faults.flips + faults.extra_bytes + faults.holes {
            self.hole = PACKET - 1;
        }
    }
}
