//! What stops a board from being read: what, where, and the cure.

use super::board::Kind;

/// Why a port cannot be read, or is read no more.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs, reason = "each message says what its fields are")]
pub enum PortError {
    #[error("{port}: there is no such port; plug the board in, and see what `twitchscope ports` lists")]
    Missing { port: String },

    #[error(
        "{port}: another program is reading this port; close it (the Arduino monitor, another twitchscope) and try again"
    )]
    Busy { port: String },

    #[error("{port}: you may not open this port{}; then log out and in again", cure(group))]
    NoPermission { port: String, group: Option<String> },

    #[error("{port}: this is no serial port; see what `twitchscope ports` lists")]
    NotAPort { port: String },

    #[error("{port}: cannot be opened: {reason}")]
    Open { port: String, reason: String },

    #[error("{port}: {baud} baud is a speed that this port does not have; choose another with --baud")]
    Baud { port: String, baud: u32 },

    #[error(
        "{port}: the board was unplugged or switched off after {after_s:.1} s; check cable and supply, plug it in and start again"
    )]
    Unplugged { port: String, after_s: f64 },

    #[error("{port}: nothing came for {seconds:.0} s; is the board switched on, is its sketch running, and is it the one that you named ({})?", board.describe())]
    Silent { port: String, seconds: f64, board: Kind },

    #[error(
        "{port}: {bytes} bytes came and none of them makes sense: most likely the speed is wrong; the board was read at {baud} baud, so try --baud {others}"
    )]
    Noise { port: String, bytes: usize, baud: u32, others: String },

    #[error("{port}: this is not the {} that you named: it looks like {looks}; start again with --board {name}", board.describe())]
    WrongBoard { port: String, board: Kind, looks: &'static str, name: &'static str },

    #[error("{port}: {bytes} bytes came, and they are not those of {}; choose the board with --board and its speed with --baud", board.describe())]
    NotUnderstood { port: String, bytes: usize, board: Kind },

    #[error(
        "{port}: nothing can be heard; most boards wait to be started, so name yours with --board ({})",
        Kind::names()
    )]
    NothingToHear { port: String },

    #[error(
        "{port}: {bytes} bytes came, and they are not those of a board that is known here; name it with --board ({}), or its speed with --baud",
        Kind::names()
    )]
    Unknown { port: String, bytes: usize },

    #[error("{port}: the board {what}, which cannot be; {cure}")]
    Lies { port: String, what: String, cure: &'static str },

    #[error("{port}: the board says of itself what cannot be: {reason}; correct its firmware")]
    Refused { port: String, reason: String },

    #[error("{port}: {reason}")]
    NotReady { port: String, reason: String },

    #[error("{port}: the board has no channel {channel}; it has {channels}, counted from 1")]
    NoSuchChannel { port: String, channel: usize, channels: usize },

    #[error(
        "{port}: what full scale is cannot be used here, because lines of numbers do not say how many bits they have; give what one count is with --lsb"
    )]
    NoFullScale { port: String },

    #[error("{port}: stopped before the board was understood")]
    Interrupted { port: String },
}

fn cure(group: &Option<String>) -> String {
    group.as_ref().map_or_else(
        || ": ask whoever runs this machine".to_owned(),
        |group| format!(", which belongs to the group {group}: run `sudo usermod -aG {group} $USER`"),
    )
}
