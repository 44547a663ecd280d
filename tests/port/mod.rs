//! A virtual board on a pseudo-terminal, and `monitor` on its port.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;

pub fn command(line: &str) -> Command {
    let samples = format!("{}/samples/", env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_twitchscope"));
    command.args(line.split_whitespace().map(|word| match word.strip_prefix("samples/") {
        Some(name) => format!("{samples}{name}"),
        None => word.to_owned(),
    }));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A virtual board that runs, and where.
pub struct Board {
    pub child: Child,
    pub port: String,
    _out: BufReader<ChildStdout>,
}

impl Board {
    pub fn plays(line: &str) -> Self {
        let mut child = command(&format!("board {line}")).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut port = String::new();
        out.read_line(&mut port).unwrap();
        Self { child, port: port.trim().to_owned(), _out: out }
    }

    /// What it said at its end.
    pub fn ended(mut self) -> String {
        let mut text = String::new();
        std::io::Read::read_to_string(&mut self.child.stderr.take().unwrap(), &mut text).unwrap();
        self.child.wait().unwrap();
        text
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What `monitor` said.
#[derive(Debug)]
pub struct Monitored {
    pub code: i32,
    pub lines: Vec<Value>,
    pub err: String,
}

impl Monitored {
    pub fn of(output: std::process::Output) -> Self {
        let text = String::from_utf8(output.stdout).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let err = String::from_utf8(output.stderr).unwrap();
        Self { code: output.status.code().unwrap(), lines, err }
    }

    pub fn all<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        self.lines.iter().filter(move |line| line["type"] == kind)
    }

    pub fn totals(&self) -> &Value {
        self.all("totals").next().unwrap_or_else(|| panic!("no totals: {self:?}"))
    }

    pub fn warns(&self, words: &str) -> bool {
        self.all("warning").any(|line| line["text"].as_str().unwrap().contains(words))
    }
}

/// `monitor` until the board is gone.
pub fn monitor(port: &str, line: &str) -> Monitored {
    Monitored::of(command(&format!("monitor --port {port} --headless --wait 0s {line}")).output().unwrap())
}

pub fn play_and_monitor(board: &str, line: &str) -> Monitored {
    let board = Board::plays(board);
    monitor(&board.port, line)
}
