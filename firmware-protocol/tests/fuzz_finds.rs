//! What the fuzz targets began with and once broke keeps its law.

#[path = "support/wire_laws.rs"]
mod wire_laws;

use std::fs;
use std::path::Path;

type Law = fn(&[u8]);

#[test]
fn every_seed_and_every_find_keeps_its_law() {
    let laws: [(&str, Law); 2] =
        [("wire_bytes", wire_laws::wire_bytes), ("wire_frames", wire_laws::wire_frames)];
    for (target, law) in laws {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/fuzz").join(target);
        let files: Vec<_> = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
        assert!(!files.is_empty(), "{} is empty", folder.display());
        files.iter().for_each(|file| law(&fs::read(file).unwrap()));
    }
}
