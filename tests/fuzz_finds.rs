//! What the fuzz targets once broke stays mended: each find is kept and held against its law.

#[path = "support/board_laws.rs"]
mod board_laws;
#[path = "support/source_laws.rs"]
mod source_laws;

use std::path::Path;

type Law = fn(&[u8]);

#[test]
fn every_find_keeps_the_law_it_once_broke() {
    let laws: [(&str, Law); 5] = [
        ("board", board_laws::board),
        ("wav", source_laws::wav),
        ("cue", source_laws::cue),
        ("events_tsv", source_laws::events_tsv),
        ("spikerecorder_events", source_laws::spikerecorder_events),
    ];
    for (target, law) in laws {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/fuzz").join(target);
        let mut kept = 0;
        for find in std::fs::read_dir(&folder).unwrap() {
            law(&std::fs::read(find.unwrap().path()).unwrap());
            kept += 1;
        }
        assert!(kept > 0, "{} is empty", folder.display());
    }
}
