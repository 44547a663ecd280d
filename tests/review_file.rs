//! The file of a review: what is decided is in it at once, whole, and only in its own.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use twitchscope::review::{
    Answer, Command, Decision, Desk, Edits, Error, Header, Mode, Writer, file_name, parse, read, row,
};

mod judging;
mod sessions;
use judging::{ask, commands, header, open_desk, small};

fn file_of(header: &Header, decisions: &[Decision]) -> String {
    header.text() + &decisions.iter().map(row).collect::<String>()
}

proptest! {
    #[test]
    fn a_file_that_is_read_again_is_the_state_it_was_written_from(
        commands in commands(),
        blind in any::<bool>(),
    ) {
        let session = small();
        let header = header(if blind { Mode::Blind { seed: 3 } } else { Mode::Open });
        let mut desk = Desk::new(&session, &header, Edits::default(), &[]);
        let written: Vec<Decision> = commands.into_iter().filter_map(|c| ask(&mut desk, c)).collect();
        let read = parse(file_of(&header, &written).as_bytes(), Path::new("x")).unwrap();
        prop_assert_eq!(&read.edits, desk.edits());
        prop_assert_eq!(&read.header, &header);
        // And what is laid out from it again is what was there.
        let again = Desk::new(&session, &header, read.edits, &[]);
        let keys = |d: &Desk| d.places().iter().map(|p| p.key).collect::<Vec<_>>();
        prop_assert_eq!(keys(&again), keys(&desk));
    }

    #[test]
    fn a_review_that_is_killed_at_any_byte_loses_at_most_the_line_it_was_writing(
        commands in commands(),
        share in 0.0..1.0f64,
    ) {
        let mut desk = open_desk(&small());
        let written: Vec<Decision> = commands.into_iter().filter_map(|c| ask(&mut desk, c)).collect();
        let text = file_of(&header(Mode::Open), &written);
        let begun = header(Mode::Open).text().len();
        let at = begun + ((text.len() - begun) as f64 * share) as usize;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x_review-ann.tsv");
        fs::write(&path, &text[..at]).unwrap();
        let whole = text[begun..at].matches('\n').count();
        let mut edits = Edits::default();
        written[..whole].iter().for_each(|d| { edits.take(d.clone()).unwrap(); });
        prop_assert_eq!(read(&path).unwrap().cut, !text[..at].ends_with('\n'));
        let (mut writer, review) = Writer::open(&path, &header(Mode::Open)).unwrap();
        prop_assert_eq!(&review.edits, &edits);
        // And it goes on from there.
        let next = open_desk(&small()).ask(Command::Accept, "now");
        let Answer::Decision(next) = next else { panic!("{next:?}") };
        writer.append(&next).unwrap();
        drop(writer);
        edits.take(next).unwrap();
        let again = read(&path).unwrap();
        prop_assert!(!again.cut);
        prop_assert_eq!(again.edits, edits);
    }

    #[test]
    fn any_bytes_are_a_review_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut file = header(Mode::Open).text().into_bytes();
        file.extend(&bytes);
        let _ = parse(&file, Path::new("x"));
        let _ = parse(&bytes, Path::new("x"));
    }
}

#[test]
fn a_file_of_something_else_is_refused_with_a_clear_word() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x_review-ann.tsv");
    let own = header(Mode::Open);
    let refused = |bytes: &str| {
        fs::write(&path, bytes).unwrap();
        let error = Writer::open(&path, &own).err().map(|e| e.to_string());
        assert_eq!(fs::read_to_string(&path).unwrap(), bytes, "it was touched");
        error.unwrap_or_default()
    };
    let text = own.text();
    for (bytes, wanted) in [
        ("onset\tduration\n1\t2\n".to_owned(), "is no review"),
        (text.replace("review 1", "review 2"), "form 2, but this version reads form 1"),
        (text.replace("00", "11"), "another recording (small.wav)"),
        (text.replace("reviewer: ann", "reviewer: bob"), "the review of bob"),
        (text.replace("open", "blind, seed 1"), "do not mix"),
        (text.replace("open", "blindly"), "line 5: “blindly” is neither"),
        (text.replace("decision\t", ""), "line 6: the columns"),
        (format!("{text}1\t2\ttwitch\n"), "line 7: 3 columns, but 9"),
        (format!("{text}1\tx\ttwitch\tUT\taccept\tcandidate\t1\t2\tnow\n"), "line 7: duration “x”"),
        (format!("{text}1\t2\ttwitch\tUT\tnod\tcandidate\t1\t2\tnow\n"), "line 7: decision “nod”"),
        (format!("{text}1\t2\tn/a\tUT\tundo\tcandidate\t1\t2\tnow\n"), "line 7: an undo without"),
    ] {
        let error = refused(&bytes);
        assert!(error.contains(wanted), "{error}");
    }
    let blind = Header { mode: Mode::Blind { seed: 2 }, ..own.clone() };
    fs::write(&path, text.replace("open", "blind, seed 1")).unwrap();
    let error = Writer::open(&path, &blind).unwrap_err().to_string();
    assert!(error.contains("go on with --seed 1"), "{error}");
}

#[test]
fn two_reviews_never_write_into_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x_review-ann.tsv");
    let first = Writer::open(&path, &header(Mode::Open)).unwrap();
    assert!(matches!(Writer::open(&path, &header(Mode::Open)), Err(Error::InUse { .. })));
    drop(first);
    Writer::open(&path, &header(Mode::Open)).unwrap();
}

#[test]
fn any_name_makes_a_file_in_the_folder() {
    for (name, file) in [
        ("ann", "x_review-ann.tsv"),
        ("Ann Lee", "x_review-Ann-Lee.tsv"),
        ("../../etc/passwd", "x_review-..-..-etc-passwd.tsv"),
        ("Zoë", "x_review-Zoë.tsv"),
    ] {
        assert_eq!(file_name("x", name, Mode::Open), file);
    }
    assert_eq!(file_name("x", "ann", Mode::Blind { seed: 1 }), "x_review-ann-blind.tsv");
}
