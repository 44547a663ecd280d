//! The figures of insertions, of groups and of whole sets.

use twitchscope::detect::Class;
use twitchscope::report::Condition;
use twitchscope::report::figure::{self, Figure};
use twitchscope::session::Session;
use twitchscope::study::{Recording, Study};

mod sessions;
use sessions::{insert, many, mask, quiet, reject};

const HOSTILE: &str = "</text></svg><script>alert(1)</script><img src=x onerror=alert(2)>&\"'\u{0}\u{202e}";
const LONG: &str = "a label that is far too long to stand anywhere in a figure of one print column";

/// A study of these sessions, the groups in turn.
fn study(sessions: &[Session], groups: &[&str]) -> Study {
    let recording = |(n, session): (usize, &Session)| {
        let name = format!("{} {}", session.source.name, n + 1);
        let group = groups.get(n % groups.len().max(1)).map(|g| (*g).to_owned());
        Recording { group, ..Recording::from_session(name, session) }
    };
    Study {
        recordings: sessions.iter().enumerate().map(recording).collect(),
        group_column: (!groups.is_empty()).then(|| "condition".into()),
        amplitude_floor_uv: None,
    }
}

/// Every figure that there is of a study and its sessions.
fn all(study: &Study, sessions: &[Session]) -> Vec<(&'static str, Figure)> {
    let sessions: Vec<&Session> = sessions.iter().collect();
    let conditions: Vec<Condition> =
        study.recordings.iter().zip(&sessions).map(|(r, s)| Condition::new(&r.name, s)).collect();
    vec![
        ("dwell", figure::pooled_dwell(study)),
        ("groups", figure::groups(study)),
        ("raster", figure::raster(study)),
        ("rate", figure::rate(study, &study.findings())),
        ("exposure", figure::exposure(study)),
        ("amplitude", figure::amplitude(study)),
        ("overlay", figure::overlay(&sessions)),
        ("quality", figure::quality(&conditions)),
    ]
}

/// Every shape of study that a figure must bear.
fn shapes() -> Vec<(&'static str, Vec<Session>, Vec<&'static str>)> {
    let mut one = quiet("one", 60.0, &["UT"]);
    insert(&mut one, Some(LONG), 5.0, 40.0, &[3.5]);
    let mut zero = quiet("zero", 60.0, &["UT"]);
    insert(&mut zero, None, 5.0, 40.0, &[]);
    let mut raw = many(12, 4);
    (raw.source.calibrated, raw.marked) = (false, false);
    let mut broken = many(3, 4);
    broken.insertions[0].dwell = f64::NAN;
    broken.insertions[1].masked = vec![[f64::NAN, 3.0], [5.0, f64::INFINITY]];
    broken.twitches.iter_mut().for_each(|t| (t.peak_uv, t.dwell) = (Some(f64::NAN), Some(f64::INFINITY)));
    broken.channels[0].noise_rms = Some(f64::NAN);
    broken.channels[0].masked_s = f64::NAN;
    if let Some(waveforms) = &mut broken.waveforms {
        waveforms.rows[0].samples[3] = f32::NAN;
        waveforms.rows[1].samples.truncate(7);
    }
    let mut old = many(4, 4);
    old.waveforms = None;
    let mut masked = many(30, 9);
    mask(&mut masked, None, 20.0, 6.0);
    reject(&mut masked, Class::Ecg, 0, 12.0, 0.05);
    let hostile = {
        let mut session = quiet(HOSTILE, 40.0, &[HOSTILE]);
        insert(&mut session, Some(HOSTILE), 1.0, 30.0, &[2.0, 9.0]);
        session
    };
    let twelve: Vec<Session> = (0..12).map(|n| many(1 + n % 4, n as u64)).collect();
    vec![
        ("no recording", vec![], vec![]),
        ("no insertion", vec![quiet("none", 60.0, &["UT"])], vec![]),
        ("no twitch", vec![zero], vec![]),
        ("one twitch", vec![one], vec![]),
        ("no scale, no marks", vec![raw], vec![]),
        ("broken numbers", vec![broken], vec![]),
        ("version 0.1", vec![old], vec![]),
        ("thirty", vec![masked], vec![]),
        ("hostile", vec![hostile], vec![HOSTILE]),
        ("three groups", twelve.clone(), vec!["none", LONG, "deep"]),
        ("twelve groups", twelve, vec!["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"]),
    ]
}

#[test]
fn every_figure_of_every_shape_of_study_is_drawn() {
    for (shape, sessions, groups) in shapes() {
        let study = study(&sessions, &groups);
        for (name, figure) in all(&study, &sessions) {
            let svg = figure.svg().unwrap();
            assert!(!svg.contains("NaN") && !svg.contains(">inf"), "{shape}: {name}");
            assert!(!figure.title().is_empty() && !figure.caption().is_empty(), "{shape}: {name}");
            assert!(!figure.caption().contains("NaN"), "{shape}: {name}: {}", figure.caption());
        }
    }
}

#[test]
fn the_count_of_a_study_stands_beside_what_could_have_been_seen() {
    let mut other = many(4, 2);
    other.channels.iter_mut().for_each(|c| c.smallest_rms = Some([20.0, 15.5, 12.0]));
    let mut study = study(&[many(3, 1), other], &[]);
    let caption = |study: &Study| figure::pooled_dwell(study).caption().replace('\u{a0}', " ");
    assert!(caption(&study).contains("burst (50 ms): 12.4–15.5 µV RMS."), "{}", caption(&study));
    study.recordings[0].calibrated = false;
    assert!(caption(&study).contains("n/a, the scale or the noise floor is not known."));
}

#[test]
fn masked_time_that_two_spans_share_is_taken_from_the_dwell_once() {
    let mut session = quiet("zero", 60.0, &["UT"]);
    insert(&mut session, None, 0.0, 40.0, &[]);
    mask(&mut session, None, 10.0, 10.0);
    mask(&mut session, None, 15.0, 10.0);
    // 25 s are left: no twitch in them allows 3.689 of them (Poisson), 8.9 a minute.
    let svg = figure::dwell(&[&session]).svg().unwrap().replace('\u{a0}', " ");
    assert!(svg.contains("95 % interval of the rate: 0–8.9 a minute"), "{svg}");
}

#[test]
fn a_figure_on_a_page_has_its_caption_beside_it_instead() {
    let sessions = [many(5, 3)];
    for (name, figure) in all(&study(&sessions, &[]), &sessions) {
        let first: String = figure.caption().split(' ').take(3).collect::<Vec<_>>().join(" ");
        assert!(figure.svg().unwrap().contains(&first), "{name}: {first}");
        assert!(!figure.bare_svg().unwrap().contains(&first), "{name}: {first}");
    }
}

#[test]
fn figures_are_as_wide_as_print_wants_them() {
    let sessions = [many(30, 3)];
    for (name, figure) in all(&study(&sessions, &[]), &sessions) {
        let bytes = figure.png().unwrap();
        let png = png::Decoder::new(std::io::Cursor::new(&bytes)).read_info().unwrap();
        let info = png.info();
        assert!(info.width >= 1920, "{name}: {}", info.width);
        assert!(info.pixel_dims.is_some_and(|d| d.xppu > 11_000), "{name}: at least 280 dpi");
    }
}

#[test]
fn ten_thousand_insertions_still_make_figures() {
    let sessions = [many(10_000, 5)];
    for (name, figure) in all(&study(&sessions, &[]), &sessions) {
        let size = figure.svg().unwrap().len();
        assert!(size < 3_000_000, "{name}: {size}");
    }
    let many_recordings: Vec<Session> = (0..600).map(|n| many(1, n)).collect();
    for (name, figure) in all(&study(&many_recordings, &["a", "b"]), &many_recordings) {
        let size = figure.svg().unwrap().len();
        assert!(size < 3_000_000, "{name}: {size}");
    }
}

#[test]
fn nothing_in_a_name_becomes_part_of_a_figure() {
    let sessions: Vec<Session> = shapes().into_iter().find(|s| s.0 == "hostile").unwrap().1;
    for (name, figure) in all(&study(&sessions, &[HOSTILE]), &sessions) {
        let svg = figure.svg().unwrap();
        assert_eq!(svg.matches("</svg>").count(), 1, "{name}");
        assert!(!svg.contains("<script") && !svg.contains("<img"), "{name}");
        assert!(!svg.chars().any(|c| c.is_control() && c != '\n'), "{name}: no XML may hold these");
    }
}

#[test]
fn the_same_study_gives_the_same_bytes() {
    let sessions: Vec<Session> = (0..5).map(|n| many(4, n)).collect();
    let study = study(&sessions, &["b", "a"]);
    for ((name, one), (_, other)) in all(&study, &sessions).iter().zip(&all(&study, &sessions)) {
        assert_eq!(one.svg().unwrap(), other.svg().unwrap(), "{name}");
        assert_eq!(one.png().unwrap(), other.png().unwrap(), "{name}");
    }
}

/// How many shapes of a colour a figure has.
fn shapes_of(figure: &Figure, colour: &str) -> usize {
    figure.svg().unwrap().matches(colour).count()
}

#[test]
fn the_raster_has_a_stroke_for_every_twitch_and_a_bar_for_every_insertion() {
    let sessions = [many(9, 2)];
    let study = study(&sessions, &[]);
    let figure = figure::raster(&study);
    assert_eq!(shapes_of(&figure, "#D55E00"), sessions[0].twitches.len());
    assert_eq!(shapes_of(&figure, "#EEF3EC"), 9);
}

#[test]
fn a_masked_stretch_shows_in_the_raster() {
    let mut session = many(3, 2);
    let plain = shapes_of(&figure::raster(&study(&[session.clone()], &[])), "#8A8A8A");
    mask(&mut session, None, 10.0, 4.0);
    assert!(shapes_of(&figure::raster(&study(&[session], &[])), "#8A8A8A") > plain);
}

#[test]
fn the_mean_of_two_opposite_twitches_is_nothing_but_their_size_stays() {
    let mut session = many(1, 1);
    session.twitches.truncate(2);
    let rows = &mut session.waveforms.as_mut().unwrap().rows;
    rows.truncate(1);
    let mut other = rows[0].clone();
    other.samples.iter_mut().for_each(|v| *v = -*v);
    rows.push(other);
    let svg = figure::overlay(&[&session]).svg().unwrap();
    // The blue lines: the mean of the waves lies at one height all along, that of the sizes does not.
    let blue: Vec<&str> = svg.lines().filter(|l| l.contains("#0072B2") && l.contains("points")).collect();
    let heights = |line: &str| {
        let points = line.split("points=\"").nth(1).unwrap().split('"').next().unwrap().trim();
        let mut ys: Vec<i32> =
            points.split_whitespace().map(|p| p.split(',').nth(1).unwrap().parse().unwrap()).collect();
        ys.sort_unstable();
        ys.dedup();
        ys.len()
    };
    assert_eq!(heights(blue[0]), 1);
    assert!(heights(blue[1]) > 20);
}
