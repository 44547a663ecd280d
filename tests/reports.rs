//! Tables, sessions as text and figures, from sessions that are made up.

use proptest::prelude::*;
use twitchscope::report::figure::{self, Figure};
use twitchscope::report::{session_json, tables};
use twitchscope::session::Session;

mod sessions;
use sessions::{insert, many, quiet, small};

/// Every shape of session that a figure must bear.
fn shapes() -> Vec<Session> {
    let mut long = quiet("two hours", 7200.0, &["UT"]);
    insert(&mut long, None, 0.0, 7200.0, &[60.0, 4000.0]);
    long.marked = false;
    long.source.calibrated = false;
    let mut nan = small();
    nan.insertions[0].twitches = vec![f64::NAN, f64::INFINITY, -1.0, 1e300];
    nan.insertions[1].dwell = f64::NAN;
    nan.twitches[0].onset = f64::NAN;
    nan.twitches[0].snr_db = f64::NAN;
    nan.source.duration_s = f64::NAN;
    nan.overview.bin_s = f64::NAN;
    nan.channels[0].smallest_rms = Some([f64::NAN; 3]);
    nan.masked[0].duration = f64::INFINITY;
    let mut holes = small();
    holes.overview.high[0].iter_mut().step_by(3).for_each(|v| *v = f32::NAN);
    holes.overview.low[0].truncate(5);
    // Numbers so small that what is divided by them overflows.
    let mut tiny = small();
    tiny.source.duration_s = 1e-308;
    tiny.overview.bin_s = 1e-181;
    let mut ragged = quiet("ragged", 10.0, &["a", "b", "c"]);
    ragged.overview.low.truncate(1);
    ragged.overview.high.truncate(2);
    vec![
        small(),
        long,
        nan,
        holes,
        tiny,
        ragged,
        quiet("no channels", 0.0, &[]),
        quiet("forty channels", 5.0, &["c"; 40]),
        many(30, 1),
    ]
}

fn rows(table: &str) -> usize {
    table.lines().count() - 1
}

fn both(session: &Session) -> [Figure; 2] {
    [figure::dwell(&[session]), figure::trace(session)]
}

#[test]
fn tables_are_as_the_contract_says() {
    let session = small();
    insta::assert_snapshot!("twitches", tables::twitches(&session));
    insta::assert_snapshot!("candidates", tables::candidates(&session));
    insta::assert_snapshot!("insertions", tables::insertions(&session));
}

#[test]
fn the_session_is_readable_json() {
    let mut session = small();
    session.overview.low[0].truncate(4);
    session.overview.high[0].truncate(4);
    session.waveforms.iter_mut().flat_map(|w| &mut w.rows).for_each(|row| row.samples.truncate(4));
    insta::assert_snapshot!("session", session_json(&session).unwrap());
}

#[test]
fn the_dwell_figure_is_what_was_looked_at() {
    insta::assert_snapshot!("dwell", figure::dwell(&[&small()]).svg().unwrap());
}

#[test]
fn the_trace_figure_is_what_was_looked_at() {
    let mut session = small();
    // A coarse outline keeps the golden file small.
    session.overview.bin_s = 4.0;
    session.overview.low[0].truncate(10);
    session.overview.high[0].truncate(10);
    insta::assert_snapshot!("trace", figure::trace(&session).svg().unwrap());
}

#[test]
fn amplitudes_without_a_scale_are_unknown() {
    let mut session = small();
    session.source.calibrated = false;
    let table = tables::twitches(&session);
    let row: Vec<&str> = table.lines().nth(1).unwrap().split('\t').collect();
    assert_eq!(row[7..9], ["n/a", "n/a"]);
}

#[test]
fn every_insertion_keeps_its_row() {
    let mut session = many(39, 9);
    insert(&mut session, None, 1.0, 5.0, &[]);
    let table = tables::insertions(&session);
    assert_eq!(rows(&table), 40);
    let zeros = table.lines().skip(1).filter(|l| l.split('\t').nth(5) == Some("0")).count();
    assert_eq!(zeros, session.insertions.iter().filter(|i| i.twitches.is_empty()).count());
    assert!(zeros > 0, "the case has to hold an insertion without a twitch");
}

#[test]
fn no_table_and_no_figure_ever_says_nan() {
    for session in shapes() {
        let name = &session.source.name;
        let tables = [tables::twitches(&session), tables::candidates(&session), tables::insertions(&session)];
        for table in tables {
            let columns = table.lines().next().unwrap().matches('\t').count();
            assert!(table.lines().all(|l| l.matches('\t').count() == columns), "{name}: {table}");
            assert!(!table.contains("NaN") && !table.contains("inf"), "{name}: {table}");
        }
        for figure in both(&session) {
            let svg = figure.svg().unwrap();
            assert!(!svg.contains("NaN") && !svg.contains(">inf"), "{name}");
        }
    }
}

#[test]
fn every_shape_of_session_has_figures_of_print_size() {
    for session in shapes() {
        for figure in both(&session) {
            let (bytes, name) = (figure.png().unwrap(), &session.source.name);
            let png = png::Decoder::new(std::io::Cursor::new(&bytes)).read_info().unwrap();
            let info = png.info();
            assert!(info.width >= 1920 && info.height >= 1200, "{name}: {} × {}", info.width, info.height);
            assert!(info.pixel_dims.is_some_and(|d| d.xppu > 11_000), "{name}: at least 280 dpi");
        }
    }
}

#[test]
fn the_same_session_gives_the_same_bytes() {
    let (one, other) = (small(), small());
    assert_eq!(session_json(&one).unwrap(), session_json(&other).unwrap());
    for (a, b) in both(&one).iter().zip(&both(&other)) {
        assert_eq!(a.svg().unwrap(), b.svg().unwrap());
        assert_eq!(a.png().unwrap(), b.png().unwrap());
    }
}

#[test]
fn markup_in_names_is_text() {
    let hostile = "</text><script>alert(1)</script>&\"'\u{0}\u{7}";
    let mut session = quiet(hostile, 20.0, &[hostile]);
    insert(&mut session, Some(hostile), 1.0, 10.0, &[2.0]);
    for figure in both(&session) {
        let svg = figure.svg().unwrap();
        assert!(svg.contains("&lt;/text&gt;&lt;s"), "the name is there, as text");
        assert!(!svg.contains("<script") && !svg.contains("</script"));
        assert!(!svg.chars().any(|c| c.is_control() && c != '\n'), "no XML may hold these");
    }
}

#[test]
fn ten_thousand_insertions_still_make_a_figure() {
    let session = many(10_000, 5);
    for figure in both(&session) {
        let svg = figure.svg().unwrap();
        assert!(svg.len() < 3_000_000, "{}", svg.len());
    }
}

#[test]
fn the_dwell_figure_pools_recordings() {
    let (one, other) = (many(4, 1), many(5, 2));
    let svg = figure::dwell(&[&one, &other]).svg().unwrap();
    assert!(svg.contains("9 insertions") && svg.contains("2 recordings"));
}

#[test]
fn a_figure_without_twitches_says_what_could_have_been_seen() {
    let mut session = quiet("quiet.wav", 60.0, &["UT"]);
    insert(&mut session, None, 0.0, 60.0, &[]);
    let text = |s: &Session| figure::dwell(&[s]).svg().unwrap();
    assert!(text(&session).contains("No twitch found"));
    assert!(text(&session).contains("burst (50\u{a0}ms): 12.4\u{a0}µV"));
    session.source.calibrated = false;
    assert!(text(&session).contains("9.4\u{a0}dB over the noise floor"));
    session.channels[0].noise_rms = None;
    assert!(text(&session).contains("n/a"));
}

/// The words of a figure, its lines joined.
fn words(figure: &Figure) -> String {
    let svg = figure.svg().unwrap();
    let texts = svg.split('<').filter_map(|tag| tag.split_once('>')).map(|(_, text)| text.trim());
    let words: Vec<&str> = texts.filter(|text| !text.is_empty()).collect();
    words.join(" ").replace('\u{a0}', " ")
}

#[test]
fn the_dwell_figure_says_what_another_threshold_would_give_where_that_is_known() {
    let mut session = small();
    let areas = |s: &Session| figure::dwell(&[s]).svg().unwrap().matches("<polygon").count();
    let known = areas(&session);
    assert!(words(&figure::dwell(&[&session])).contains("at 80 % and 120 % of the threshold"));
    session.insertions[0].sensitivity = None;
    assert!(!words(&figure::dwell(&[&session])).contains("of the threshold"));
    assert_eq!(areas(&session) + 1, known);
}

#[test]
fn every_count_in_a_figure_stands_beside_the_false_alarms_of_its_recording() {
    let mut session = small();
    session.control.observed_s = 60.0;
    session.control.twitches = 2;
    for figure in both(&session) {
        // 2 in a minute: 0.24 to 7.22.
        assert!(words(&figure).contains("0.24–7.22"), "{}", words(&figure));
    }
    session.control.observed_s = 0.0;
    for figure in both(&session) {
        assert!(words(&figure).contains("No control of false alarms"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever numbers stand in a session, its tables and figures can be made.
    #[test]
    fn no_numbers_make_it_panic(
        onset in any::<f64>(), dwell in any::<f64>(), observed in any::<f64>(), duration in any::<f64>(),
        ages in proptest::collection::vec(any::<f64>(), 0..5), bin in any::<f64>(), value in any::<f32>(),
        label in ".*",
    ) {
        let mut session = small();
        session.source.duration_s = duration;
        session.overview.bin_s = bin;
        session.overview.high[0][3] = value;
        let insertion = &mut session.insertions[0];
        (insertion.onset, insertion.dwell, insertion.observed) = (onset, dwell, observed);
        insertion.twitches = ages;
        insertion.masked = vec![[onset, dwell]];
        insertion.label = Some(label.clone());
        session.twitches[0].onset = onset;
        session.candidates[0].duration = dwell;
        prop_assert_eq!(rows(&tables::insertions(&session)), 2);
        for figure in both(&session) {
            prop_assert!(figure.svg().unwrap().ends_with("</svg>\n"));
        }
    }
}
