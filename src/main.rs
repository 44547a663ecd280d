//! The command `twitchscope`.

fn main() {}
