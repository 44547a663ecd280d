//! The wire format between an acquisition board and its host.
//!
//! This room knows bytes, counts and scale factors. It uses `core` alone, allocates nothing, and
//! must never know serial ports, files or microvolts as `twitchscope` means them. It is empty:
//! the layout stands first, the format comes with the first board.
#![no_std]
