//! `twitchscope review` on a pseudo-terminal: typed at, killed, and asked to end.
#![cfg(unix)]

mod pty;
mod terminal;

use std::process::Command;

use pty::Person;
use terminal::Desk;

/// A review under way.
fn start(desk: &Desk, line: &str) -> Person {
    Person::runs(desk.command(line), (80, 24), true)
}

/// Waits until `text` stands on the terminal.
#[track_caller]
fn sees(person: &Person, text: &str) {
    person.waits_for(text, || Screen::of(&person.seen()).shows(text));
}

/// The end: the exit code, everything that was drawn, and the messages.
fn ends(person: Person) -> (Option<i32>, String, String) {
    let (status, messages, screen) = person.ended();
    (status.code(), screen, messages)
}

/// What stands on the terminal, as far as the view uses it: text, and where it goes.
struct Screen {
    cells: Vec<Vec<char>>,
    at: [usize; 2],
    /// An escape sequence that is not whole yet.
    open: String,
}

impl Screen {
    /// What `text` leaves on a terminal that was empty.
    fn of(text: &str) -> Self {
        let mut screen = Self { cells: vec![vec![' '; 80]; 24], at: [0, 0], open: String::new() };
        screen.draw(text);
        screen
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
    let mut review = start(&desk, &line);
    sees(&review, "not judged yet");
    for (key, word) in [("a", "Accepted"), ("r", "Rejected"), ("u", "Undone"), ("a", "Accepted")] {
        review.types(key);
        sees(&review, word);
    }
    review.types("q");
    let (code, screen, messages) = ends(review);
    assert_eq!(code, Some(0), "{messages}");
    assert!(screen.contains(LEAVES), "{screen}");
    assert!(screen.contains("2 of 24 judged") && screen.contains("reviewed by ann"), "{screen}");
    assert_eq!(decisions(&desk), ["accept", "reject", "undo", "accept"]);
    let twitches = String::from_utf8(desk.read("out/heart_twitches.tsv")).unwrap();
    assert!(twitches.contains("\taccepted\n"), "{twitches}");
    // Whoever goes on finds it as it was left.
    let mut review = start(&desk, &line);
    sees(&review, "2 judged");
    review.types("q");
    assert_eq!(ends(review).0, Some(0));
}

#[test]
fn a_review_that_is_killed_loses_nothing() {
    let (desk, line) = heart();
    let mut review = start(&desk, &line);
    sees(&review, "not judged yet");
    for judged in 1..=3 {
        review.types("a");
        sees(&review, &format!(", {judged} judged"));
    }
    review.child.kill().unwrap();
    ends(review);
    assert_eq!(decisions(&desk), ["accept", "accept", "accept"]);
}

#[test]
fn a_review_that_is_asked_to_end_leaves_the_terminal_as_it_was_and_writes_the_tables() {
    let (desk, line) = heart();
    let mut review = start(&desk, &line);
    sees(&review, "not judged yet");
    review.types("a");
    sees(&review, "Accepted");
    let id = review.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    let (code, screen, messages) = ends(review);
    assert_eq!(code, Some(0), "{messages}");
    assert!(screen.contains(LEAVES), "{screen}");
    assert!(desk.names("out").contains(&"heart_reviewed.tsv".to_owned()));
}

#[test]
fn a_blind_review_tells_no_numbers_and_keeps_its_own_file() {
    let (desk, line) = heart();
    let mut review = start(&desk, &format!("{line} --blind --seed 4"));
    sees(&review, "between the brackets");
    review.types("a");
    sees(&review, "Accepted");
    review.types("q");
    let (code, screen, messages) = ends(review);
    assert_eq!(code, Some(0), "{messages}");
    assert!(!screen.contains("reviewed by") && !messages.contains("reviewed by"), "{screen}");
    assert!(desk.names("out").contains(&"heart_review-ann-blind.tsv".to_owned()));
    // Another seed would show other things: the review goes on with its own.
    let (code, _, messages) = ends(start(&desk, &format!("{line} --blind")));
    assert_eq!(code, Some(1));
    assert!(messages.contains("go on with --seed 4"), "{messages}");
}

#[test]
fn a_review_whose_terminal_is_gone_ends() {
    let (desk, line) = heart();
    let mut review = start(&desk, &line);
    sees(&review, "not judged yet");
    review.types("a");
    sees(&review, "Accepted");
    review.closes_the_window("?");
    assert!(Command::new("kill").args(["-HUP", &review.child.id().to_string()]).status().unwrap().success());
    review.ends_alone();
    assert_eq!(decisions(&desk), ["accept"]);
}
