//! A person who judges: sessions to judge, and what may be asked for.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::path::Path;

use proptest::prelude::*;
use twitchscope::detect::Class;
use twitchscope::review::{Answer, Command, Decision, Desk, Edits, Header, Mode};
use twitchscope::session::Session;
use twitchscope::settings::{Preset, Settings};
use twitchscope::source::{Options, Recording};

use super::sessions::{insert, mask, quiet, reject};

pub fn header(mode: Mode) -> Header {
    let sha256 = "00".repeat(32);
    Header { recording: "small.wav".into(), sha256, reviewer: "ann".into(), mode }
}

/// Two needles with three twitches, a heart beat, a pop, a gap.
pub fn small() -> Session {
    let mut session = quiet("small.wav", 40.0, &["UT"]);
    insert(&mut session, Some("left"), 2.0, 20.0, &[1.25, 3.5, 9.0]);
    insert(&mut session, None, 25.0, 10.0, &[]);
    reject(&mut session, Class::Ecg, 0, 12.0, 0.05);
    reject(&mut session, Class::Pop, 0, 30.0, 0.02);
    mask(&mut session, None, 15.0, 2.0);
    session
}

pub fn open_desk(session: &Session) -> Desk {
    Desk::new(session, &header(Mode::Open), Edits::default(), &[])
}

/// Asks, and takes the decision if there is one.
pub fn ask(desk: &mut Desk, command: Command) -> Option<Decision> {
    match desk.ask(command, "2026-11-24T15:04:05Z") {
        Answer::Decision(decision) => {
            desk.take(decision.clone());
            Some(decision)
        }
        _ => None,
    }
}

/// Whatever a person may type, small and large.
pub fn commands() -> impl Strategy<Value = Vec<Command>> {
    let one = prop_oneof![
        3 => Just(Command::Next),
        2 => Just(Command::Previous),
        1 => Just(Command::NextUnjudged),
        6 => Just(Command::Accept),
        4 => Just(Command::Reject),
        2 => Just(Command::Move),
        2 => (0.0..40.0f64).prop_map(|at| Command::Add(at, "UT".into())),
        2 => Just(Command::Turn),
        4 => (-0.5..0.5f64).prop_map(Command::Shift),
        4 => Just(Command::Take),
        1 => Just(Command::Cancel),
        4 => Just(Command::Undo),
    ];
    proptest::collection::vec(one, 0..60)
}

pub fn sample(name: &str, preset: Preset) -> Session {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("samples/{name}.wav"));
    let mut recording = Recording::open(&path, &Options::default()).unwrap();
    let settings = Settings { false_alarms_per_min: preset.false_alarms_per_min(), ..Settings::default() };
    twitchscope::analysis::analyze(&mut recording, &settings, "00".repeat(32), &mut |_| {}).unwrap()
}
