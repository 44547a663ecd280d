//! A review as a person does it: the view, the keys, the command.

mod sessions;
mod terminal;

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tempfile::TempDir;
use twitchscope::analysis::analyze;
use twitchscope::detect::Class;
use twitchscope::excerpt::{Band, Excerpts};
use twitchscope::review::{Desk as Reviews, Edits, Header, Kind, Mode, Writer, read};
use twitchscope::session::Session;
use twitchscope::settings::Settings;
use twitchscope::source::{Options, Recording, Source, sha256};
use twitchscope::terminal::review::{Sitting, draw};

use sessions::{insert, mask, quiet, reject};

const NOW: &str = "2026-11-24T15:04:05Z";

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("samples/{name}.wav"))
}

fn session(name: &str) -> Session {
    let path = sample(name);
    let mut recording = Recording::open(&path, &Options::default()).unwrap();
    analyze(&mut recording, &Settings::default(), sha256(&path).unwrap(), &mut |_| {}).unwrap()
}

/// A session of sample `name` that was made up, so that what the view shows does not hang on the last
/// digits of the detector: two needles with a twitch at each of these times after the first went in.
fn made_up(name: &str, channels: &[&str], ages: &[f64]) -> Session {
    let recording = Recording::open(&sample(name), &Options::default()).unwrap();
    let rate = recording.format().rate;
    let mut session = quiet(&recording.name(), rate.seconds(recording.frames()).s(), channels);
    session.source.sha256 = sha256(&sample(name)).unwrap();
    session.source.sampling_frequency_hz = rate.hz();
    insert(&mut session, Some("left"), 11.1, 15.6, ages);
    insert(&mut session, None, 30.0, 20.0, &[]);
    let last = channels.len() - 1;
    reject(&mut session, Class::Pop, last, 17.588, 0.02);
    reject(&mut session, Class::Movement, 0, 17.59, 0.02);
    mask(&mut session, None, 20.0, 1.0);
    session
}

/// A review of `name` in a folder of its own.
struct Room {
    session: Session,
    header: Header,
    name: &'static str,
    folder: TempDir,
}

impl Room {
    fn new(name: &'static str, mode: Mode) -> Self {
        Self::of(name, session(name), mode)
    }

    fn of(name: &'static str, session: Session, mode: Mode) -> Self {
        let header = Header {
            recording: session.source.name.clone(),
            sha256: session.source.sha256.clone(),
            reviewer: "ann".into(),
            mode,
        };
        Self { session, header, name, folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("x_review-ann.tsv")
    }

    fn sit(&self) -> Sitting<'_> {
        let (writer, review) = Writer::open(&self.path(), &self.header).unwrap();
        let desk = Reviews::new(&self.session, &self.header, review.edits, &[]);
        let excerpts = Excerpts::open(&sample(self.name), &Options::default(), &self.session).unwrap();
        Sitting::new(&self.session, desk, "ann", writer, excerpts, None)
    }
}

fn press(sitting: &mut Sitting<'_>, keys: &str) {
    for key in keys.chars() {
        let code = match key {
            '→' => KeyCode::Right,
            '←' => KeyCode::Left,
            '↑' => KeyCode::Up,
            '↓' => KeyCode::Down,
            '\n' => KeyCode::Enter,
            '\t' => KeyCode::Tab,
            '\u{1b}' => KeyCode::Esc,
            c => KeyCode::Char(c),
        };
        sitting.press(KeyEvent::new(code, KeyModifiers::NONE), NOW);
    }
}

/// What is on the terminal, and how many dots of the signal there are; the dots themselves are left
/// out, for they hang on the last digits of filters.
fn seen(sitting: &mut Sitting<'_>, width: u16, height: u16) -> (String, usize) {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| draw(sitting, frame).unwrap()).unwrap();
    let text = terminal.backend().to_string();
    let is_dots = |c: char| ('\u{2800}'..='\u{28ff}').contains(&c);
    let dots = text.chars().filter(|c| is_dots(*c)).count();
    (text.chars().map(|c| if is_dots(c) { ' ' } else { c }).collect(), dots)
}

#[test]
fn the_view_shows_what_is_asked_what_the_detector_said_and_the_keys() {
    let session = made_up("four-insertions", &["EMG1"], &[1.364, 1.82, 2.501, 3.508]);
    let room = Room::of("four-insertions", session, Mode::Open);
    let mut sitting = room.sit();
    let (text, dots) = seen(&mut sitting, 80, 24);
    insta::assert_snapshot!("open", text);
    assert!(dots > 100, "{dots}");
    press(&mut sitting, "arm→→→");
    insta::assert_snapshot!("placing", seen(&mut sitting, 80, 24).0);
    press(&mut sitting, "\u{1b}?");
    insta::assert_snapshot!("help", seen(&mut sitting, 80, 24).0);
}

#[test]
fn every_channel_is_shown_where_there_is_room() {
    let session = made_up("four-channels", &["EMG1", "EMG2", "EMG3", "EMG4"], &[1.0, 4.0]);
    let room = Room::of("four-channels", session, Mode::Open);
    let mut sitting = room.sit();
    press(&mut sitting, "aa");
    let (text, dots) = seen(&mut sitting, 160, 50);
    insta::assert_snapshot!("channels", text);
    assert!(dots > 500, "{dots}");
    let small = seen(&mut sitting, 80, 24).0;
    let shown = room.session.channels.iter().filter(|c| small.contains(&format!("{}  60-450", c.name)));
    assert_eq!(shown.count(), 2, "{small}");
}

#[test]
fn a_blind_rater_sees_the_same_words_whatever_the_detector_said() {
    let room = Room::new("four-insertions", Mode::Blind { seed: 1 });
    let mut sitting = room.sit();
    let text = seen(&mut sitting, 80, 24).0;
    assert!(text.contains("Is there a twitch between the brackets?") && text.contains("["), "{text}");
    let [_, all, _] = sitting.desk().progress();
    let mut kinds = [0, 0];
    let mut words = Vec::new();
    for _ in 0..all {
        let candidate = sitting.desk().place().unwrap().item.kind == Kind::Candidate;
        kinds[usize::from(candidate)] += 1;
        let (text, dots) = seen(&mut sitting, 100, 30);
        assert!(dots > 100);
        // Numbers of the picture and of the queue differ; what else stands there may not.
        let plain = |c: &char| !c.is_ascii_digit() && !matches!(c, ' ' | '[' | ']' | '─' | '-' | '.');
        words.push(text.chars().filter(plain).collect::<String>());
        for word in ["dB", "Detector", "floor", "threshold", "insertion ", "Candidate", "needle"] {
            assert!(!text.contains(word), "{word}: {text}");
        }
        press(&mut sitting, "→");
    }
    assert!(kinds[0] >= 5 && kinds[1] >= 5, "{kinds:?}");
    words.dedup();
    assert_eq!(words.len(), 1, "{words:?}");
}

#[test]
fn a_window_that_is_too_small_says_so_and_no_size_fails() {
    let room = Room::new("four-channels", Mode::Open);
    let mut sitting = room.sit();
    for (width, height) in [(59, 24), (80, 17), (30, 10)] {
        let text = seen(&mut sitting, width, height).0;
        assert!(text.contains("too small"), "{text}");
        // What is not shown is not judged.
        press(&mut sitting, "ar");
        assert!(sitting.desk().edits().is_empty());
    }
    for (width, height) in [(1, 1), (60, 18), (61, 19), (300, 100), (80, 200), (2, 90)] {
        for keys in ["", "m", "\t", "\u{1b}", "?", " ", "ffc", "---------", "++++++++++++++++", "0"] {
            press(&mut sitting, keys);
            let _ = seen(&mut sitting, width, height);
        }
    }
}

#[test]
fn a_session_that_was_edited_by_hand_is_shown_all_the_same() {
    let mut session = made_up("four-insertions", &["EMG1"], &[1.364]);
    // A needle that is out before it is in, and a mask that ends before it begins.
    (session.insertions[0].onset, session.insertions[0].dwell) = (12.9, -0.8);
    (session.masked[0].onset, session.masked[0].duration) = (12.8, -0.6);
    let room = Room::of("four-insertions", session, Mode::Open);
    assert!(seen(&mut room.sit(), 80, 24).0.contains("needle"));
}

#[test]
fn keys_make_the_decisions_that_the_file_has() {
    let room = Room::new("four-insertions", Mode::Open);
    let mut sitting = room.sit();
    // Accept; reject; move the onset to the right and the end to the left; undo it and take it back
    // by a rejection; look further, and add one there.
    press(&mut sitting, "arm→→\t←\nur.....n←←←\nq");
    let desk = sitting.leave();
    let file = fs::read_to_string(room.path()).unwrap();
    let decisions: Vec<&str> = file.lines().skip(6).map(|l| l.split('\t').nth(4).unwrap()).collect();
    assert_eq!(decisions, ["accept", "reject", "move", "undo", "reject", "add"], "{file}");
    assert!(file.lines().skip(6).all(|l| l.ends_with(NOW)));
    assert_eq!(read(&room.path()).unwrap().edits, *desk.edits());
    // And whoever sits down again finds it as it was left.
    let again = room.sit();
    assert_eq!(again.desk().edits(), desk.edits());
    assert_eq!(again.desk().progress()[1..], desk.progress()[1..]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn whatever_is_typed_the_file_is_the_state(keys in "[armnuq→←\t\n\u{1b}.,fc0+?<>-]{0,40}", blind in any::<bool>()) {
        let room = Room::new("four-channels", if blind { Mode::Blind { seed: 2 } } else { Mode::Open });
        let mut sitting = room.sit();
        press(&mut sitting, &keys);
        let desk = sitting.leave();
        prop_assert_eq!(&read(&room.path()).unwrap().edits, desk.edits());
    }
}

#[test]
fn the_signal_that_is_shown_is_that_of_the_recording_at_its_time() {
    let session = session("four-insertions");
    let mut excerpts = Excerpts::open(&sample("four-insertions"), &Options::default(), &session).unwrap();
    let strongest = session.twitches.iter().max_by(|a, b| a.snr_db.total_cmp(&b.snr_db)).unwrap();
    let (from, to) = (strongest.onset - 0.5, strongest.onset + strongest.duration + 0.5);
    for band in [Band::Detection, Band::Amplitude, Band::Raw] {
        let samples = &excerpts.read(from, to, band).unwrap()[0];
        assert_eq!(samples.len(), ((to - from) * excerpts.rate().hz()).round() as usize);
        let loudest =
            (0..samples.len()).max_by(|a, b| samples[*a].abs().total_cmp(&samples[*b].abs())).unwrap();
        let at = from + excerpts.rate().seconds(loudest as u64).s();
        let within = strongest.onset - 0.005..strongest.onset + strongest.duration + 0.005;
        assert!(within.contains(&at) || band == Band::Raw, "{band:?}: {at}");
        // The peak is the one in the table, but for the forms of the filters.
        if band == Band::Amplitude {
            let peak = f64::from(samples[loudest].abs()) / strongest.peak_uv.unwrap();
            assert!((0.8..1.25).contains(&peak), "{peak}");
        }
    }
    // Any part of a stretch is what the whole has there, but for what the ends of filters leave.
    let [whole, part] =
        [(20.0, 40.0), (29.0, 31.0)].map(|(a, b)| excerpts.read(a, b, Band::Detection).unwrap());
    let start = ((29.0 - 20.0) * excerpts.rate().hz()) as usize;
    for (a, b) in whole[0][start..].iter().zip(&part[0]) {
        assert!((a - b).abs() < 0.5, "{a} {b}");
    }
    // Beyond the end there is nothing.
    let end = session.source.duration_s;
    let beyond = &excerpts.read(end - 1.0, end + 1.0, Band::Detection).unwrap()[0];
    assert!(beyond[..900].iter().all(|x| x.is_finite()) && beyond[1000..].iter().all(|x| x.is_nan()));
}

#[test]
fn what_cannot_be_reviewed_is_refused_with_a_clear_word() {
    let desk = terminal::Desk::new();
    desk.run("analyze samples/heart.wav --out out --no-figures").succeeds();
    desk.refuses("review out/heart_session.json --reviewer ann", 1, "with --recording FILE");
    desk.refuses("review out/none.json --reviewer ann", 1, "cannot read");
    let review = "review out/heart_session.json --reviewer ann --recording samples/heart.wav";
    desk.refuses(review, 1, "needs a terminal");
    desk.refuses(&review.replace("ann", "--"), 2, "");
    desk.refuses(&review.replace("ann", "..."), 1, "who reviews?");
    desk.refuses(&format!("{review} --only heartbeat"), 2, "[possible values: twitch");
    desk.refuses(&format!("{review} --seed 3"), 2, "--blind");
    // The recording has changed, or is another one, or came without what says what its channels are.
    fs::copy(sample("heart"), desk.path("out/heart.wav")).unwrap();
    desk.refuses("review out/heart_session.json --reviewer ann", 1, "bring what lay beside it");
    fs::remove_file(desk.path("out/heart.wav")).unwrap();
    desk.refuses(&review.replace("samples/heart", "samples/rest"), 1, "its checksum differs");
    let session = String::from_utf8(desk.read("out/heart_session.json")).unwrap();
    let schema = session.replacen("\"schema\": 1", "\"schema\": 9", 1);
    desk.file("nine.json", schema.as_bytes());
    desk.refuses("review nine.json --reviewer ann", 1, "schema 9, but this version reads schema 1");
}

/// A review of `name` in `folder` of the desk, in which every twitch but each third is accepted.
fn reviewed(desk: &terminal::Desk, name: &str, reviewer: &str) -> Edits {
    let session = session(name);
    let header = Header {
        recording: session.source.name.clone(),
        sha256: session.source.sha256.clone(),
        reviewer: reviewer.into(),
        mode: Mode::Open,
    };
    let path = desk.path(&format!("out/{name}_review-{reviewer}.tsv"));
    let (writer, review) = Writer::open(&path, &header).unwrap();
    let reviews = Reviews::new(&session, &header, review.edits, &[]);
    let excerpts = Excerpts::open(&sample(name), &Options::default(), &session).unwrap();
    let mut sitting = Sitting::new(&session, reviews, reviewer, writer, excerpts, None);
    let [_, all, _] = sitting.desk().progress();
    for n in 0..all {
        let twitch = sitting.desk().place().unwrap().item.twitch.is_some();
        press(&mut sitting, if twitch && n % 3 != 0 { "a" } else { "r" });
    }
    sitting.leave().edits().clone()
}

#[test]
fn a_review_that_lies_beside_the_results_is_in_the_tables_and_the_figure() {
    let desk = terminal::Desk::new();
    desk.run("analyze samples/four-insertions.wav --out out").succeeds();
    let automatic = desk.read("out/four-insertions_dwell.svg");
    let edits = reviewed(&desk, "four-insertions", "ann");
    let accepted = edits.all().filter(|d| d.action.is_twitch()).count();
    let ran = desk.run("analyze samples/four-insertions.wav --out out").succeeds();
    assert!(ran.out.contains(&format!("reviewed by ann: {accepted} twitches in insertions")), "{}", ran.out);
    let text = |name: &str| String::from_utf8(desk.read(&format!("out/four-insertions_{name}"))).unwrap();
    assert_eq!(text("reviewed.tsv").lines().count(), accepted + 1);
    assert!(text("twitches.tsv").lines().next().unwrap().ends_with("\treview"));
    assert_eq!(desk.read("out/four-insertions_dwell.svg"), automatic, "the automatic figure stays");
    let figure = text("dwell_reviewed.svg");
    assert!(figure.contains("as reviewed by ann"));
    let session = text("session.json");
    assert!(session.contains("\"reviewer\": \"ann\"") && !session.contains("2026-"), "no time in results");
    // The same again gives the same bytes.
    desk.run("analyze samples/four-insertions.wav --out out").succeeds();
    assert_eq!(text("session.json"), session);
    // Drawn again, and evaluated.
    desk.run("plot out/four-insertions_session.json --out figures").succeeds();
    assert_eq!(desk.read("figures/four-insertions_dwell_reviewed.svg"), figure.as_bytes());
    let line = "evaluate out/four-insertions_twitches.tsv out/four-insertions_review-ann.tsv";
    let ran = desk.run(line).succeeds();
    assert!(ran.out.contains(&format!("true events            {accepted}\n")), "{}", ran.out);
    assert!(ran.out.contains("Cohen's kappa"), "{}", ran.out);
    let json: serde_json::Value = serde_json::from_str(&desk.run(&format!("{line} --json")).out).unwrap();
    assert_eq!(json["agreement"]["verdicts"]["both"], accepted);
    // Without it, nothing of it stays.
    desk.run("analyze samples/four-insertions.wav --out out --review none").succeeds();
    assert!(!desk.names("out").iter().any(|n| n.contains("reviewed")));
    assert!(!text("session.json").contains("\"review\""));
}

#[test]
fn of_several_reviews_none_is_taken_unless_one_is_chosen() {
    let desk = terminal::Desk::new();
    desk.run("analyze samples/heart.wav --out out --no-figures").succeeds();
    reviewed(&desk, "heart", "ann");
    reviewed(&desk, "heart", "bob");
    let ran = desk.run("analyze samples/heart.wav --out out --no-figures").succeeds();
    assert!(ran.err.contains("2 reviews lie beside the results and none is taken"), "{}", ran.err);
    assert!(!ran.out.contains("reviewed by"));
    let chosen = "analyze samples/heart.wav --out out --no-figures --review out/heart_review-bob.tsv";
    assert!(desk.run(chosen).succeeds().out.contains("reviewed by bob"));
    let ran = desk.run("evaluate out/heart_review-ann.tsv out/heart_review-bob.tsv").succeeds();
    assert!(ran.out.contains("Cohen's kappa          1.000"), "{}", ran.out);
    // A review of another recording: refused where it was asked for, left aside where it lies there.
    desk.refuses("analyze samples/rest.wav --review out/heart_review-ann.tsv", 1, "another recording");
    fs::rename(desk.path("out/heart_review-ann.tsv"), desk.path("out/rest_review-ann.tsv")).unwrap();
    let ran = desk.run("analyze samples/rest.wav --out out --no-figures").succeeds();
    assert!(ran.err.contains("is left aside"), "{}", ran.err);
    let line = "evaluate out/rest_review-ann.tsv out/heart_review-bob.tsv";
    desk.run(line).succeeds();
    let file = String::from_utf8(desk.read("out/rest_review-ann.tsv")).unwrap();
    let sha256 = file.lines().nth(2).unwrap().to_owned();
    desk.file("out/rest_review-ann.tsv", file.replace(&sha256, "# sha256: 00").as_bytes());
    desk.refuses(line, 1, "reviews of two recordings");
}
