//! Sets of small recordings, and the folders of results that come of them.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use tempfile::TempDir;
use twitchscope::batch::{Batch, Error, Outcome, Step, run};
use twitchscope::simulate::{self, render, scenario};

/// A folder with recordings under `in` and room for results.
pub struct Place(TempDir);

impl Place {
    /// With recordings of these names, all unlike.
    pub fn with(names: &[&str]) -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        fs::create_dir(place.path("in")).unwrap();
        for (seed, name) in names.iter().enumerate() {
            place.recording(name, seed as u64 + 1);
        }
        place
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A recording of 20 s with one needle, `name` below `in` and without ending.
    pub fn recording(&self, name: &str, seed: u64) {
        let mut recipe = scenario("clear", seed).unwrap();
        recipe.duration_s = 20.0;
        recipe.needles.rest_s = 4.0;
        let (folder, stem) = name.rsplit_once('/').unwrap_or(("", name));
        let options = simulate::Options { replace: true, ..Default::default() };
        simulate::write(&render(&recipe).unwrap(), &self.path("in").join(folder), stem, options).unwrap();
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.path(name), text).unwrap();
    }

    pub fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// A batch of `in` into `out`, without figures.
    pub fn batch(&self) -> Batch {
        Batch { paths: vec![self.path("in")], out: self.path("out"), ..Batch::default() }
    }

    /// Runs it to its end.
    #[track_caller]
    pub fn done(&self) -> Outcome {
        done(&self.batch())
    }

    /// What stops it.
    #[track_caller]
    pub fn refused(&self) -> String {
        refused(&self.batch())
    }
}

pub fn attempt(batch: &Batch) -> Result<Outcome, Error> {
    run(batch, &AtomicBool::new(false), &|_: Step| {})
}

#[track_caller]
pub fn done(batch: &Batch) -> Outcome {
    let outcome = attempt(batch).unwrap();
    assert!(!outcome.stopped);
    outcome
}

#[track_caller]
pub fn refused(batch: &Batch) -> String {
    attempt(batch).unwrap_err().to_string()
}

/// Every file below a folder, and what it holds.
pub fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(inside) = folders.pop() {
        for entry in fs::read_dir(inside).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                all.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    all
}

/// Both folders hold the same files, byte for byte.
#[track_caller]
pub fn assert_same(a: &Path, b: &Path) {
    let (a, b) = (tree(a), tree(b));
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>());
    for (name, bytes) in &a {
        assert!(*bytes == b[name], "{name} differs");
    }
}
