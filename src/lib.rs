//! twitchscope finds local twitch responses in surface EMG and counts them against needle dwell
//! time.

pub mod analysis;
pub mod block;
pub mod detect;
pub mod evaluate;
pub mod insertion;
pub mod pipeline;
pub mod report;
pub mod session;
pub mod settings;
pub mod signal;
pub mod simulate;
pub mod source;
pub mod statistics;
pub mod units;
