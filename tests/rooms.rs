//! The plan of the code, held true: which room uses which, and where other crates are at home.
//! `docs/architecture.md` shows the same two tables.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

type Table = BTreeMap<String, BTreeSet<String>>;

/// A room, and the rooms that it may use.
const ROOMS: &[(&str, &str)] = &[
    ("units", ""),
    ("block", "units"),
    ("insertion", "units"),
    ("settings", "units"),
    ("signal", "units"),
    ("statistics", ""),
    ("detect", "units signal"),
    ("pipeline", "units block settings signal detect"),
    ("session", "detect settings"),
    ("source", "units block insertion"),
    ("virtual_board", "units block source"),
    ("simulate", "units block insertion"),
    ("evaluate", ""),
    ("analysis", "units block insertion settings source statistics pipeline detect session"),
    ("rest", "units block source statistics session"),
    ("self_test", "units block settings source simulate statistics pipeline analysis session"),
    ("tune", "settings statistics"),
    ("recorder", "units block"),
    ("monitor", "units block insertion settings source pipeline detect analysis recorder"),
    ("excerpt", "units block signal source session"),
    ("review", "units insertion statistics detect session evaluate"),
    ("terminal", "units pipeline monitor detect session source excerpt review"),
    ("dashboard", "monitor"),
    ("study", "session statistics"),
    ("report", "session settings detect statistics study"),
    ("batch", "settings source analysis session study report"),
    (
        "cli",
        "units settings source virtual_board simulate evaluate analysis self_test rest tune recorder monitor \
         terminal dashboard session detect statistics report batch review excerpt",
    ),
];

/// Another crate, and the rooms that may use it.
const CRATES: &[(&str, &str)] = &[
    ("anyhow", "cli"),
    ("axum", "dashboard"),
    ("tokio", "dashboard"),
    ("tokio_stream", "dashboard"),
    ("clap", "cli"),
    ("clap_complete", "cli"),
    ("indicatif", "cli"),
    ("ctrlc", "cli"),
    ("firmware_protocol", "source"),
    ("hound", "source simulate"),
    ("sha2", "source"),
    ("ndarray", "block source simulate self_test report"),
    ("rustfft", "signal"),
    ("realfft", "signal simulate"),
    ("statrs", "statistics detect"),
    ("maud", "report"),
    ("plotters", "report"),
    ("png", "report"),
    ("dejavu", "report"),
    ("rand_core", "simulate virtual_board"),
    ("rand_distr", "simulate virtual_board"),
    ("rand_pcg", "simulate virtual_board"),
    ("ratatui", "terminal"),
    ("rayon", "batch"),
    ("rustix", "virtual_board recorder"),
    ("serialport", "source"),
    ("tempfile", "report simulate"),
    ("time", "cli"),
    ("toml", "settings"),
    ("walkdir", "batch"),
    ("serde_json", "source simulate recorder report batch cli"),
    (
        "serde",
        "units block insertion settings detect session monitor dashboard simulate evaluate study \
         report batch review cli",
    ),
    (
        "thiserror",
        "units insertion settings signal source simulate evaluate analysis recorder monitor report batch review \
         excerpt terminal dashboard",
    ),
];

fn table(rows: &[(&str, &str)]) -> Table {
    let set = |names: &str| names.split_whitespace().map(str::to_owned).collect();
    rows.iter().map(|(name, uses)| ((*name).to_owned(), set(uses))).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A source file, the room it lies in, and how many `super` lead out of its module to the crate.
struct Source {
    path: PathBuf,
    room: String,
    depth: usize,
}

/// All files of all rooms; `lib.rs` and `main.rs` are doors, not rooms.
fn sources() -> Vec<Source> {
    let mut all = Vec::new();
    let mut folders = vec![root().join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let inside = path.strip_prefix(root().join("src")).unwrap().with_extension("");
            let mut parts: Vec<&str> = inside.iter().map(|part| part.to_str().unwrap()).collect();
            parts.retain(|part| *part != "mod");
            if !matches!(parts[..], ["lib" | "main"]) {
                all.push(Source { room: parts[0].to_owned(), depth: parts.len(), path });
            }
        }
    }
    assert!(all.len() > 50, "found only {} files", all.len());
    all
}

/// The lines of a file that are code, each with the number of `super` that lead to the crate.
fn code(source: &Source) -> Vec<(String, usize)> {
    let text = fs::read_to_string(&source.path).unwrap();
    let mut depth = source.depth;
    let mut lines = Vec::new();
    for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
        if line.starts_with("mod ") && line.ends_with('{') {
            depth += 1;
        }
        lines.push((line.to_owned(), depth));
    }
    lines
}

/// The names that follow `start` in `line`: `crate::block::Block` and `crate::{block, units}`.
fn after<'a>(line: &'a str, start: &str) -> Vec<&'a str> {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let whole = |at: usize| !line[..at].ends_with(|c: char| word(c) || c == ':');
    let mut names = Vec::new();
    for (at, _) in line.match_indices(start).filter(|(at, _)| whole(*at)) {
        let rest = &line[at + start.len()..];
        let name = |text: &'a str| text.trim_start().split(|c| !word(c)).next().unwrap_or_default();
        match rest.strip_prefix('{') {
            Some(list) => names.extend(list.trim_end_matches(['}', ';']).split(',').map(name)),
            None => names.push(name(rest)),
        }
    }
    names
}

#[test]
fn no_room_uses_another_that_the_plan_does_not_allow() {
    let plan = table(ROOMS);
    for source in sources() {
        let allowed = plan.get(&source.room);
        let allowed = allowed.unwrap_or_else(|| panic!("the room {} has no row in the plan", source.room));
        for (line, depth) in code(&source) {
            let up = "super::".repeat(depth);
            let used = ["crate::", "twitchscope::", &up].map(|start| after(&line, start)).concat();
            for room in used.into_iter().filter(|name| plan.contains_key(*name) && *name != source.room) {
                assert!(
                    allowed.contains(room),
                    "{}: {} may not use {room}: {}",
                    source.path.display(),
                    source.room,
                    line.trim()
                );
            }
        }
    }
}

#[test]
fn every_crate_is_used_only_where_it_is_at_home() {
    let homes = table(CRATES);
    for source in sources() {
        for (line, _) in code(&source) {
            for (name, rooms) in &homes {
                assert!(
                    after(&line, &format!("{name}::")).is_empty() || rooms.contains(&source.room),
                    "{}: {name} is not at home in {}: {}",
                    source.path.display(),
                    source.room,
                    line.trim()
                );
            }
        }
    }
}

#[test]
fn no_room_looks_at_the_clock_on_the_wall() {
    // It may be set back in the middle of a session. `Instant` never goes back. A review file alone
    // says when a person decided, for people.
    for source in sources().into_iter().filter(|s| !s.path.ends_with("cli/review.rs")) {
        for (line, _) in code(&source) {
            let looks = line.contains("SystemTime") || line.contains("now_utc") || line.contains("now_local");
            assert!(!looks, "{}: {}", source.path.display(), line.trim());
        }
    }
}

#[test]
fn every_dependency_has_a_home() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    // Those of every system, and those of some.
    let tables = ["\n[dependencies]\n", "\n[target.'cfg(unix)'.dependencies]\n"];
    let lines = tables.into_iter().flat_map(|table| {
        let (_, rest) = manifest.split_once(table).unwrap();
        rest.lines().take_while(|line| !line.starts_with('['))
    });
    // Code calls a crate by its name with underscores.
    let names = lines.filter_map(|line| line.split_once('=')).map(|(name, _)| name.trim().replace('-', "_"));
    assert_eq!(names.collect::<BTreeSet<_>>(), table(CRATES).into_keys().collect());
}

/// The table of `docs/architecture.md` whose first column is called `first`: the names in its
/// first and last column.
fn documented(first: &str) -> Table {
    let text = fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let names = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    let rows = text.lines().skip_while(|line| !line.starts_with(&format!("| {first} |"))).skip(2);
    rows.take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').collect();
            (names(cells[0])[0].clone(), names(cells[cells.len() - 1]).into_iter().collect())
        })
        .collect()
}

#[test]
fn the_documentation_shows_the_plan() {
    assert_eq!(documented("room"), table(ROOMS));
    assert_eq!(documented("crate"), table(CRATES));
}

#[test]
fn the_plan_has_no_circle() {
    let plan = table(ROOMS);
    let mut left: BTreeSet<String> = plan.keys().cloned().collect();
    while !left.is_empty() {
        let free: Vec<String> = left.iter().filter(|room| plan[*room].is_disjoint(&left)).cloned().collect();
        assert!(!free.is_empty(), "these rooms use each other in a circle: {left:?}");
        left.retain(|room| !free.contains(room));
    }
}

#[test]
fn no_file_is_longer_than_a_person_reads() {
    for source in sources() {
        let lines = fs::read_to_string(&source.path).unwrap().lines().count();
        assert!(lines <= 400, "{} has {lines} lines: part it", source.path.display());
    }
}
