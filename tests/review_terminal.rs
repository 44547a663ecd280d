//! `twitchscope review` on a pseudo-terminal: typed at, killed, and asked to end.
#![cfg(unix)]

mod terminal;

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rustix::fs::{Mode, OFlags, open};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use terminal::Desk;

/// Longer than any step takes on a busy machine.
const LONG: Duration = Duration::from_secs(60);

/// A review under way.
struct Typed {
    child: Child,
    keys: File,
    drawn: Receiver<Vec<u8>>,
    waiting: Vec<u8>,
    screen: Screen,
    /// Everything that was ever drawn.
    said: String,
}

impl Typed {
    fn start(desk: &Desk, line: &str) -> Self {
        let pty = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&pty).unwrap();
        unlockpt(&pty).unwrap();
        let name = ptsname(&pty, Vec::new()).unwrap();
        let end: OwnedFd = open(name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
        tcsetwinsize(&end, Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_twitchscope"));
        command.args(line.split_whitespace()).current_dir(desk.path(".")).env("TERM", "xterm");
        let end = File::from(end);
        command.stdin(Stdio::from(end.try_clone().unwrap())).stdout(Stdio::from(end)).stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        // The command holds the other end; here it must not stay open.
        drop(command);
        let keys = File::from(pty);
        let mut output = keys.try_clone().unwrap();
        let (tell, drawn) = channel();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(n @ 1..) = output.read(&mut bytes) {
                if tell.send(bytes[..n].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self { child, keys, drawn, waiting: Vec::new(), screen: Screen::new(), said: String::new() }
    }

    /// Waits until `text` stands on the terminal.
    fn sees(&mut self, text: &str) {
        let until = Instant::now() + LONG;
        while !self.screen.shows(text) {
            let left = until.saturating_duration_since(Instant::now());
            let Ok(bytes) = self.drawn.recv_timeout(left) else {
                let _ = self.child.kill();
                let mut messages = String::new();
                self.child.stderr.take().unwrap().read_to_string(&mut messages).unwrap();
                let rows: Vec<String> = self.screen.cells.iter().map(|row| row.iter().collect()).collect();
                panic!("no {text} in\n{}\n{messages}", rows.join("\n"));
            };
            self.take(&bytes);
        }
    }

    /// Bytes may end within a letter: what is not whole waits.
    fn take(&mut self, bytes: &[u8]) {
        self.waiting.extend(bytes);
        let whole = match std::str::from_utf8(&self.waiting) {
            Ok(text) => text.len(),
            Err(e) => e.valid_up_to(),
        };
        let text: Vec<u8> = self.waiting.drain(..whole).collect();
        let text = String::from_utf8(text).unwrap();
        self.screen.draw(&text);
        self.said += &text;
    }

    fn types(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    /// Waits for the end; the exit code, everything that was drawn, and the messages.
    fn ends(mut self) -> (Option<i32>, String, String) {
        let code = self.child.wait().unwrap().code();
        while let Ok(bytes) = self.drawn.recv_timeout(Duration::from_secs(2)) {
            self.take(&bytes);
        }
        let mut messages = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut messages).unwrap();
        (code, self.said, messages)
    }
}

/// What stands on the terminal, as far as the view uses it: text, and where it goes.
struct Screen {
    cells: Vec<Vec<char>>,
    at: [usize; 2],
    /// An escape sequence that is not whole yet.
    open: String,
}

impl Screen {
    fn new() -> Self {
        Self { cells: vec![vec![' '; 80]; 24], at: [0, 0], open: String::new() }
    }

    fn draw(&mut self, text: &str) {
        for c in text.chars() {
            if !self.open.is_empty() || c == '\u{1b}' {
                self.open.push(c);
                let parameters = self.open.strip_prefix("\u{1b}[");
                if c.is_ascii_alphabetic() || (self.open.len() == 2 && parameters.is_none()) {
                    if let Some(place) = parameters.and_then(|p| p.strip_suffix('H')) {
                        let mut place = place.split(';').map(|n| n.parse::<usize>().unwrap_or(1) - 1);
                        self.at = [place.next().unwrap_or(0), place.next().unwrap_or(0)];
                    }
                    self.open.clear();
                }
            } else if let Some(cell) = self.cells.get_mut(self.at[0]).and_then(|row| row.get_mut(self.at[1]))
            {
                *cell = c;
                self.at[1] += 1;
            }
        }
    }

    fn shows(&self, text: &str) -> bool {
        self.cells.iter().any(|row| row.iter().collect::<String>().contains(text))
    }
}

/// Leaves the screen that was drawn on.
const LEAVES: &str = "\u{1b}[?1049l";

fn heart() -> (Desk, String) {
    let desk = Desk::new();
    desk.run("analyze samples/heart.wav --out out --no-figures").succeeds();
    for file in ["heart.wav", "heart_emg.json"] {
        let sample = format!("{}/samples/{file}", env!("CARGO_MANIFEST_DIR"));
        std::fs::copy(sample, desk.path(file)).unwrap();
    }
    (desk, "review out/heart_session.json --reviewer ann".into())
}

fn decisions(desk: &Desk) -> Vec<String> {
    let file = String::from_utf8(desk.read("out/heart_review-ann.tsv")).unwrap();
    assert!(file.ends_with('\n'), "{file}");
    file.lines().skip(6).map(|l| l.split('\t').nth(4).unwrap().to_owned()).collect()
}

#[test]
fn a_review_is_typed_and_its_edits_are_in_the_tables() {
    let (desk, line) = heart();
    let mut review = Typed::start(&desk, &line);
    review.sees("not judged yet");
    for (key, word) in [("a", "Accepted"), ("r", "Rejected"), ("u", "Undone"), ("a", "Accepted")] {
        review.types(key);
        review.sees(word);
    }
    review.types("q");
    let (code, screen, messages) = review.ends();
    assert_eq!(code, Some(0), "{messages}");
    assert!(screen.contains(LEAVES), "{screen}");
    assert!(screen.contains("2 of 26 judged") && screen.contains("reviewed by ann"), "{screen}");
    assert_eq!(decisions(&desk), ["accept", "reject", "undo", "accept"]);
    let twitches = String::from_utf8(desk.read("out/heart_twitches.tsv")).unwrap();
    assert!(twitches.contains("\taccepted\n"), "{twitches}");
    // Whoever goes on finds it as it was left.
    let mut review = Typed::start(&desk, &line);
    review.sees("2 judged");
    review.types("q");
    assert_eq!(review.ends().0, Some(0));
}

#[test]
fn a_review_that_is_killed_loses_nothing() {
    let (desk, line) = heart();
    let mut review = Typed::start(&desk, &line);
    review.sees("not judged yet");
    for judged in 1..=3 {
        review.types("a");
        review.sees(&format!(", {judged} judged"));
    }
    review.child.kill().unwrap();
    review.ends();
    assert_eq!(decisions(&desk), ["accept", "accept", "accept"]);
}

#[test]
fn a_review_that_is_asked_to_end_leaves_the_terminal_as_it_was_and_writes_the_tables() {
    let (desk, line) = heart();
    let mut review = Typed::start(&desk, &line);
    review.sees("not judged yet");
    review.types("a");
    review.sees("Accepted");
    let id = review.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    let (code, screen, messages) = review.ends();
    assert_eq!(code, Some(0), "{messages}");
    assert!(screen.contains(LEAVES), "{screen}");
    assert!(desk.names("out").contains(&"heart_reviewed.tsv".to_owned()));
}

#[test]
fn a_blind_review_tells_no_numbers_and_keeps_its_own_file() {
    let (desk, line) = heart();
    let mut review = Typed::start(&desk, &format!("{line} --blind --seed 4"));
    review.sees("between the brackets");
    review.types("a");
    review.sees("Accepted");
    review.types("q");
    let (code, screen, messages) = review.ends();
    assert_eq!(code, Some(0), "{messages}");
    assert!(!screen.contains("reviewed by") && !messages.contains("reviewed by"), "{screen}");
    assert!(desk.names("out").contains(&"heart_review-ann-blind.tsv".to_owned()));
    // Another seed would show other things: the review goes on with its own.
    let (code, _, messages) = Typed::start(&desk, &format!("{line} --blind")).ends();
    assert_eq!(code, Some(1));
    assert!(messages.contains("go on with --seed 4"), "{messages}");
}

#[test]
fn a_review_whose_terminal_is_gone_ends() {
    let (desk, line) = heart();
    let mut review = Typed::start(&desk, &line);
    review.sees("not judged yet");
    let Typed { mut child, mut keys, drawn, .. } = review;
    // The thread that reads lets go of its end once nobody takes what is drawn.
    drop(drawn);
    keys.write_all(b"a").unwrap();
    std::thread::sleep(Duration::from_millis(500));
    drop(keys);
    assert!(Command::new("kill").args(["-HUP", &child.id().to_string()]).status().unwrap().success());
    let until = Instant::now() + LONG;
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > until {
            child.kill().unwrap();
            panic!("it goes on without a terminal");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(decisions(&desk), ["accept"]);
}
