//! The page: its numbers are those of the tables, nothing in a name can run, and it can be read by
//! who does not see it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use twitchscope::detect::Class;
use twitchscope::report::page::Page;
use twitchscope::report::{of_study, results, tables, write_figures};
use twitchscope::session::{
    Estimate, Note, Review, ReviewedInsertion, SelfTest, SelfTestRow, Session, Verdict,
};
use twitchscope::study::{Findings, Recording, Study};

mod sessions;
use sessions::{insert, many, mask, quiet, reject};

const HOSTILE: &str = "</title></style></svg><script>alert(1)</script><img src=x onerror=alert(2)>\" onload='a()' &lt;\u{0}\u{202e}";

/// The page of a session.
fn page_of(session: &Session) -> String {
    let results = results(session, true).unwrap();
    let (_, page) = results.into_iter().find(|(name, _)| *name == "report.html").expect("there is a page");
    String::from_utf8(page).unwrap()
}

/// Three insertions, a gap, something set aside, a self-test.
fn session() -> Session {
    let mut session = quiet("small.wav", 90.0, &["UT", "LT"]);
    insert(&mut session, Some("left"), 2.0, 20.0, &[1.25, 3.5, 9.0]);
    insert(&mut session, None, 25.0, 10.0, &[]);
    insert(&mut session, Some("right"), 40.0, 30.0, &[0.5, 22.0]);
    mask(&mut session, None, 15.0, 2.0);
    reject(&mut session, Class::Ecg, 0, 12.0, 0.05);
    session.control.observed_s = 30.0;
    session.warnings = vec!["the electrode was loose".into()];
    let estimate = Estimate { value: 12.0, low: 10.5, high: 13.75 };
    let row = SelfTestRow {
        channel: "UT".into(),
        ms: 50.0,
        added: 40,
        found: 31,
        found_half_rms: Some(estimate),
        found_90_rms: None,
        computed_90_rms: Some(12.4),
    };
    session.self_test = Some(SelfTest { seed: 1, rows: vec![row] });
    session
}

/// Every recording a group and a subject.
fn study(sessions: &[Session], groups: &[&str]) -> Study {
    let recording = |(n, session): (usize, &Session)| Recording {
        group: Some(groups[n % groups.len()].into()),
        subject: Some(format!("{} {}", groups[0], n / 2)),
        ..Recording::from_session(format!("{} {n}", session.source.name), session)
    };
    Study {
        recordings: sessions.iter().enumerate().map(recording).collect(),
        group_column: Some(groups[0].into()),
        amplitude_floor_uv: None,
    }
}

/// The page of a study, with `text` wherever a person's words can stand.
fn study_page(study: &Study, findings: &Findings, session: &Session, text: &str) -> String {
    let (failed, warnings) = ([(text.to_owned(), text.to_owned())], [text.to_owned()]);
    let page = Page {
        study,
        findings,
        session: None,
        conditions: &[],
        settings: &session.settings,
        version: text,
        failed: &failed,
        warnings: &warnings,
    };
    let (_, bytes) = of_study(&page).unwrap().into_iter().find(|(name, _)| *name == "report.html").unwrap();
    String::from_utf8(bytes).unwrap()
}

/// What stands between `from` and `to`, every time.
fn between<'a>(text: &'a str, from: &str, to: &str) -> Vec<&'a str> {
    text.split(from).skip(1).filter_map(|rest| rest.split_once(to)).map(|(inside, _)| inside).collect()
}

/// The exact value and the shown text of every number.
fn numbers(page: &str) -> Vec<(&str, &str)> {
    let all = between(page, "<data value=\"", "</data>");
    all.into_iter().map(|n| n.split_once("\">").unwrap()).collect()
}

#[test]
fn the_page_of_a_recording_has_the_numbers_of_its_tables() {
    let session = session();
    let page = page_of(&session);
    let body = between(&page, "Every insertion,", "</table>")[0].split_once("<tbody>").unwrap().1;
    let shown: Vec<&str> = numbers(body).into_iter().map(|(exact, _)| exact).collect();
    let table = tables::insertions(&session);
    let wanted = table.lines().skip(1).flat_map(|line| {
        let cells: Vec<&str> = line.split('\t').collect();
        [0, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
            .map(|n| cells[n])
            .into_iter()
            .filter(|c| *c != "n/a")
            .collect::<Vec<_>>()
    });
    assert_eq!(shown, wanted.collect::<Vec<_>>());
    let control = between(&page, "While no needle was in,", "</p>")[0];
    let shown: Vec<&str> = numbers(control).into_iter().map(|(exact, _)| exact).collect();
    let row: Vec<&str> = table.lines().nth(1).unwrap().split('\t').collect();
    assert_eq!(shown, [16, 13, 14, 15].map(|n| row[n]));
}

#[test]
fn the_page_of_a_study_has_every_number_that_was_found() {
    let sessions: Vec<Session> = (0..8).map(|n| many(3, n)).collect();
    let study = study(&sessions, &["sham", "deep"]);
    let findings = study.findings();
    let page = study_page(&study, &findings, &sessions[0], "1.0");
    let shown: Vec<&str> = numbers(&page).into_iter().map(|(exact, _)| exact).collect();
    let shown: BTreeSet<&str> = shown.into_iter().collect();
    assert_eq!(findings.parts.len(), 3, "the whole and two groups");
    for finding in findings.parts.iter().flat_map(|part| part.findings()) {
        for value in [finding.value, finding.low, finding.high].into_iter().flatten() {
            // As `statistics.tsv` has it.
            let exact = format!("{:.6}", value + 0.0);
            assert!(shown.contains(exact.as_str()), "{}: {exact}", finding.name);
        }
        let words = finding.words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let of_whole = findings.parts[0].findings().iter().any(|f| std::ptr::eq(*f, finding));
        assert!(
            !of_whole || finding.name == "laplace" || page.contains(&words) || finding.value.is_some(),
            "{words}"
        );
    }
    for recording in &findings.recordings {
        assert!(shown.contains(format!("{:.6}", recording.per_min.unwrap()).as_str()), "{}", recording.name);
    }
}

#[test]
fn the_rate_of_the_heart_stands_beside_its_beats() {
    let mut session = session();
    (session.channels[0].heart_beats, session.channels[0].heart_per_min) = (41, Some(72.0));
    let page = page_of(&session);
    let row = |name: &str| page.split("<tr>").find(|row| row.contains(name)).unwrap().to_owned();
    let head = row("Heart beats");
    assert!(head.contains("Heart rate (a minute)"), "{head}");
    let beating = row("<bdi>UT</bdi>");
    assert!(beating.contains(">41<") && beating.contains(">72.0<"), "{beating}");
    assert!(row("<bdi>LT</bdi>").contains(">n/a<"), "a heart that is not heard has no rate");
}

#[test]
fn every_shown_number_is_the_exact_one_rounded() {
    let sessions: Vec<Session> = (0..8).map(|n| many(3, n)).collect();
    let study = study(&sessions, &["sham", "deep"]);
    let pages = [page_of(&session()), study_page(&study, &study.findings(), &sessions[0], "1.0")];
    for page in &pages {
        let all = numbers(page);
        assert!(all.len() > 40, "{}", all.len());
        for (exact, shown) in all {
            let decimals = shown.split_once('.').map_or(0, |(_, after)| after.len()) as i32;
            let (exact, shown): (f64, f64) = (exact.parse().unwrap(), shown.parse().unwrap());
            assert!((exact - shown).abs() <= 0.500001 * 10f64.powi(-decimals), "{exact} as {shown}");
        }
    }
}

#[test]
fn a_page_says_what_was_asked_found_and_done() {
    let page = page_of(&session());
    for words in [
        "small.wav",
        "the electrode was loose",
        "left",
        "0.1 false alarms a minute",
        &"00".repeat(32),
        "twitchscope 0.1.0",
        "60 and 450 Hz",
        "heart beat",
        "Self-test",
        "no medical device",
        "Garwood",
    ] {
        assert!(page.contains(words), "{words}");
    }
}

/// The session as `who` has it: one twitch of the first insertion and of the last; the second is not
/// judged to the end.
fn reviewed(mut session: Session, who: &str) -> Session {
    let insertion = |twitches: &[f64], unjudged| ReviewedInsertion { twitches: twitches.to_vec(), unjudged };
    session.review = Some(Review {
        reviewer: who.into(),
        file: who.into(),
        blind: true,
        stretches: 4,
        twitches: vec![Verdict::Accepted; session.twitches.len()],
        candidates: vec![Verdict::Accepted; session.candidates.len()],
        reviewed: vec![],
        insertions: vec![insertion(&[1.25], 0), insertion(&[], 1), insertion(&[0.5], 0)],
        unjudged_control: 0,
    });
    session.notes = vec![Note { onset: 7.5, text: who.into() }];
    session
}

#[test]
fn a_page_says_what_a_person_has_and_noted_apart_from_the_detector() {
    let page = page_of(&reviewed(session(), "ann"));
    let words = "judged 2 insertions to the end, blind to what the detector said, and has 2 twitches where the \
                 detector has 5.";
    assert!(page.contains(words), "{}", between(&page, "Checked by eye", "</p>")[0]);
    assert!(page.contains("as reviewed by ann"), "the figure of it");
    assert!(page.contains("7.5 s: <bdi>ann"));
    assert!(!page_of(&session()).contains("Checked by eye"));
}

/// Every tag of a page: its name and its attributes.
fn tags(page: &str) -> Vec<(String, String)> {
    let style = page.split_once("<style>").unwrap();
    let page = style.0.to_owned() + style.1.split_once("</style>").unwrap().1;
    let tag = |text: &str| {
        let inside = text.split('>').next().unwrap();
        let (name, attributes) = inside.split_once(char::is_whitespace).unwrap_or((inside, ""));
        (name.to_lowercase(), attributes.to_owned())
    };
    page.split('<')
        .skip(1)
        .map(tag)
        .filter(|(name, _)| !name.starts_with('/') && !name.starts_with('!'))
        .collect()
}

#[test]
fn nothing_in_any_name_becomes_part_of_the_page() {
    let mut one = reviewed(session(), HOSTILE);
    one.source.name = HOSTILE.into();
    one.source.sha256 = HOSTILE.into();
    one.source.format = HOSTILE.into();
    one.version = HOSTILE.into();
    one.warnings = vec![HOSTILE.into()];
    one.channels.iter_mut().for_each(|c| c.name = HOSTILE.into());
    one.twitches.iter_mut().for_each(|t| t.channel = HOSTILE.into());
    one.candidates.iter_mut().for_each(|c| (c.channel, c.reason) = (HOSTILE.into(), HOSTILE.into()));
    one.insertions.iter_mut().for_each(|i| i.label = Some(HOSTILE.into()));
    one.self_test.iter_mut().flat_map(|t| &mut t.rows).for_each(|r| r.channel = HOSTILE.into());
    let sessions = [one.clone(), one.clone(), one.clone(), one];
    let study = study(&sessions, &[HOSTILE, "b"]);
    let pages = [page_of(&sessions[0]), study_page(&study, &study.findings(), &sessions[0], HOSTILE)];
    let known: BTreeSet<&str> =
        "html head meta title link style body a header h1 h2 h3 h4 p nav ul li main section \
        strong b br bdi div table caption thead tbody tr th td code data figure figcaption footer dl dt dd \
        svg rect line polyline polygon circle text path"
            .split_whitespace()
            .collect();
    for page in &pages {
        assert!(page.contains("&lt;script&gt;"), "the name is there, as text");
        for (name, attributes) in tags(page) {
            assert!(known.contains(name.as_str()), "<{name} {attributes}>");
            let mut outside = attributes.split('"').step_by(2);
            assert!(!outside.any(|part| part.trim_start().starts_with("on")), "<{name} {attributes}>");
            assert!(!attributes.contains("javascript:"), "<{name} {attributes}>");
        }
        assert!(!page.contains('\u{0}'));
    }
}

#[test]
fn a_page_fetches_nothing() {
    for page in [page_of(&session()), page_of(&many(3, 1))] {
        let addresses = page.replace("http://www.w3.org/2000/svg", "");
        assert!(!addresses.contains("http:") && !addresses.contains("https:") && !addresses.contains("url("));
        assert!(page.contains("default-src 'none'"));
        for (name, attributes) in
            tags(&page).into_iter().filter(|(_, a)| a.contains("href=") || a.contains("src="))
        {
            let target = between(&attributes, "href=\"", "\"")[0];
            assert!(target.starts_with('#') || target == "data:,", "<{name} {attributes}>");
        }
    }
}

#[test]
fn a_page_can_be_read_by_who_does_not_see_it() {
    let sessions: Vec<Session> = (0..6).map(|n| many(3, n)).collect();
    let study = study(&sessions, &["sham", "deep"]);
    for page in [page_of(&session()), study_page(&study, &study.findings(), &sessions[0], "1.0")] {
        assert!(page.contains("<html lang=\"en\">"));
        let tags = tags(&page);
        let mut count: BTreeMap<&str, usize> = BTreeMap::new();
        tags.iter().for_each(|(name, _)| *count.entry(name).or_default() += 1);
        for once in ["h1", "main", "header", "nav", "footer"] {
            assert_eq!(count[once], 1, "{once}");
        }
        assert_eq!((count["figure"], count["figure"]), (count["figcaption"], count["svg"]));
        assert_eq!(count["table"], count["caption"]);
        let mut level = 1;
        for (name, attributes) in &tags {
            if let Some(next) = name.strip_prefix('h').and_then(|n| n.parse::<u32>().ok()) {
                assert!(next <= level + 1, "a level of headings is left out: {name}");
                level = next;
            }
            assert!(name != "th" || attributes.contains("scope="), "<{name} {attributes}>");
            assert!(name != "svg" || attributes.contains("role=\"img\""), "<{name} {attributes}>");
        }
        assert!(between(&page, "<svg", "</svg>").iter().all(|svg| svg.contains("<title>")));
        let ids = between(&page, " id=\"", "\"");
        assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len(), "an id is there twice: {ids:?}");
        for target in between(&page, "href=\"#", "\"") {
            assert!(ids.contains(&target), "{target} leads nowhere");
        }
        for id in between(&page, "aria-labelledby=\"", "\"") {
            assert!(ids.contains(&id), "{id} names nothing");
        }
    }
}

#[test]
fn the_same_session_gives_the_same_page() {
    assert_eq!(page_of(&session()), page_of(&session()));
}

#[test]
fn ten_thousand_insertions_make_a_page_that_opens() {
    let page = page_of(&many(10_000, 5));
    assert!(page.len() < 8_000_000, "{}", page.len());
    assert!(page.contains("And 9800 more"));
}

#[test]
fn no_insertion_makes_a_page_that_says_so() {
    let page = page_of(&quiet("none.wav", 60.0, &["UT"]));
    assert!(page.contains("No insertion"));
}

#[test]
fn several_sessions_make_one_page() {
    let folder = tempfile::tempdir().unwrap();
    let sessions = [many(4, 1), many(5, 2)];
    let written = write_figures(folder.path(), "all", &sessions).unwrap();
    let page = fs::read_to_string(written.iter().find(|p| p.ends_with("all_report.html")).unwrap()).unwrap();
    assert!(page.contains("2 recordings") && page.contains("9 insertions"));
    assert!(!page.contains("summary.tsv"), "a batch alone writes that");
}
