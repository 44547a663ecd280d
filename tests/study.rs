//! The study room: what it takes out of sessions, and what follows.

use std::path::Path;

use twitchscope::analysis::analyze;
use twitchscope::settings::Settings;
use twitchscope::source;
use twitchscope::study::Recording;

#[test]
fn a_recording_holds_the_insertions_and_twitches_of_its_session() {
    let path = Path::new("samples/four-insertions.wav");
    let mut opened = source::Recording::open(path, &source::Options::default()).unwrap();
    let session = analyze(&mut opened, &Settings::default(), String::new(), &mut |_| {}).unwrap();
    let kept = Recording::from_session("four".into(), &session);
    assert_eq!(kept.insertions.len(), session.insertions.len());
    for (kept, record) in kept.insertions.iter().zip(&session.insertions) {
        let ages: Vec<f64> = kept.twitches.iter().map(|t| t.dwell_s).collect();
        assert_eq!(ages, record.twitches);
        let orders: Vec<u32> = kept.twitches.iter().map(|t| t.order).collect();
        assert_eq!(orders, (1..=record.twitches.len() as u32).collect::<Vec<_>>());
        assert_eq!((kept.dwell_s, &kept.masked_s), (record.dwell, &record.masked));
        assert_eq!(kept.at_80_s.as_ref(), record.sensitivity.as_ref().map(|s| &s.at_80));
    }
    assert!(kept.insertions.iter().any(|i| !i.twitches.is_empty()));
    assert_eq!(kept.control_twitches, session.control.twitches);
    assert_eq!(kept.control_s, session.control.observed_s);
}
