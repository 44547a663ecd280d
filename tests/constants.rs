//! `docs/detector.md` names every constant of the detector, with the value that the code has.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Where the constants are: rooms under `src/`.
const ROOMS: [&str; 3] = ["detect", "pipeline", "signal"];

/// File and name, and the value as it is written.
type Constants = BTreeMap<(String, String), String>;

fn in_code() -> Constants {
    let mut all = Constants::new();
    for room in ROOMS {
        let mut places = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(room)];
        while let Some(path) = places.pop() {
            if path.is_dir() {
                places.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
                continue;
            }
            let file = format!("{room}/{}", path.file_stem().unwrap().to_str().unwrap());
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap();
            for (name, value) in code.lines().filter_map(constant) {
                all.insert((file.clone(), name), value);
            }
        }
    }
    all
}

/// Name and value, if the line defines a constant.
fn constant(line: &str) -> Option<(String, String)> {
    let (before, rest) = line.trim().split_once("const ")?;
    if !matches!(before, "" | "pub " | "pub(super) " | "pub(crate) ") || rest.starts_with("fn ") {
        return None;
    }
    let (name, rest) = rest.split_once(": ")?;
    // A list of what an enum has is no value that was chosen.
    if name == "ALL" && rest.starts_with("[Self;") {
        return None;
    }
    let (_, value) = rest.split_once(" = ").unwrap_or_else(|| panic!("a constant on several lines: {line}"));
    Some((name.to_owned(), value.trim_end_matches(';').to_owned()))
}

fn in_document() -> Constants {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/detector.md")).unwrap();
    let (_, table) = text.split_once("<!-- the constants: begin -->").unwrap();
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let cells: Vec<&str> = row.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        assert!(!cells[4].is_empty(), "no source: {row}");
        ((cells[1].to_owned(), cells[2].to_owned()), cells[3].to_owned())
    })
    .collect()
}

#[test]
fn the_document_names_every_constant_with_its_value_and_its_source() {
    let (code, document) = (in_code(), in_document());
    assert!(code.len() > 100, "only {} constants were found", code.len());
    let mut wrong = Vec::new();
    for (key, value) in &code {
        match document.get(key) {
            None => wrong.push(format!("{} of {} has no row", key.1, key.0)),
            Some(known) if known != value => {
                wrong.push(format!("{} of {} is {value}, not {known}", key.1, key.0));
            }
            Some(_) => {}
        }
    }
    let gone = document.keys().filter(|key| !code.contains_key(key));
    wrong.extend(gone.map(|(file, name)| format!("{name} of {file} is no more")));
    assert!(wrong.is_empty(), "docs/detector.md, “Every constant”:\n{}", wrong.join("\n"));
}
