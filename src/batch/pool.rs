//! From the results of each recording to those of the set.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rayon::prelude::*;

use super::Error;
use super::find::{Found, listed};
use super::journal::{EACH, Failed, Record, VERSION};
use super::table::Joined;
use crate::report::page::Page;
use crate::report::{self, Condition, columns, pooled};
use crate::session::Session;
use crate::settings::Settings;
use crate::study::{self, Study};

/// The columns that results have in front of a person's own: theirs may not be called so.
pub(super) fn taken() -> BTreeSet<&'static str> {
    let own = [report::tables::TWITCHES, report::tables::INSERTIONS, pooled::SUMMARY, "insertion marked"];
    own.iter().flat_map(|columns| columns.split_whitespace()).collect()
}

/// Every file that [`pool`] makes, for who must not overwrite another's.
pub(super) const FILES: &[&str] = &[
    "twitches.tsv",
    "insertions.tsv",
    "summary.tsv",
    "statistics.tsv",
    "twitches.json",
    "insertions.json",
    "candidates.json",
    "summary.json",
    "statistics.json",
    "findings.json",
    "dwell.svg",
    "dwell.png",
    "groups.svg",
    "groups.png",
    "raster.svg",
    "raster.png",
    "rate.svg",
    "rate.png",
    "exposure.svg",
    "exposure.png",
    "amplitude.svg",
    "amplitude.png",
    "quality.svg",
    "quality.png",
    "report.html",
];

/// What the pooled results need of one recording.
#[derive(Debug)]
pub(super) struct Part {
    rows: pooled::Rows,
    recording: study::Recording,
    condition: Condition,
    /// Whether it has warnings of its own.
    warned: bool,
}

impl Part {
    /// What `session` tells of its recording, under `name`.
    pub fn new(name: &str, session: &Session) -> Self {
        Self {
            rows: pooled::Rows::new(name, session),
            recording: study::Recording::from_session(name.to_owned(), session),
            condition: Condition::new(name, session),
            warned: !session.warnings.is_empty(),
        }
    }
}

/// What the pooled results are made from.
pub(super) struct Pool<'a> {
    pub out: &'a Path,
    /// In order of name.
    pub records: &'a [Record],
    pub failed: &'a [Failed],
    pub joined: &'a Joined,
    /// The file name of the person's table.
    pub table: Option<&'a str>,
    /// Which of its columns makes the groups.
    pub group: Option<&'a str>,
    /// With which choices the recordings were analysed.
    pub settings: &'a Settings,
    /// Whether figures and the page are drawn.
    pub figures: bool,
    /// What the reader should know of the set.
    pub warnings: &'a [String],
}

/// The pooled results.
pub(super) struct Pooled {
    /// By file name.
    pub files: Vec<(&'static str, Vec<u8>)>,
    /// What was found, in sentences.
    pub found: Vec<String>,
    /// What the reader should know.
    pub warnings: Vec<String>,
}

impl Pool<'_> {
    /// Makes the pooled results, of `parts` where a recording has one there, else of its session.
    ///
    /// # Errors
    /// [`Error::Report`] where a session cannot be read any more.
    pub fn pool(&self, parts: Vec<Option<Part>>) -> Result<Pooled, Error> {
        let parts: Vec<Result<Part, report::Error>> = self
            .records
            .par_iter()
            .zip(parts)
            .map(|(record, part)| part.map_or_else(|| self.part(record), Ok))
            .collect();
        let mut tables = pooled::Pooled::new(&self.joined.columns);
        let mut study = Study { group_column: self.group.map(str::to_owned), ..Study::default() };
        let mut failed = self.failed.iter().peekable();
        let (mut warned, mut conditions) = (0, Vec::new());
        for (record, part) in self.records.iter().zip(parts) {
            let (name, part) = (&record.recording, part?);
            while let Some(failed) = failed.next_if(|failed| failed.recording < *name) {
                self.add_failed(&mut tables, failed);
            }
            warned += usize::from(part.warned);
            tables.add(part.rows, &self.joined.cells(name));
            study.recordings.push(self.known(part.recording));
            conditions.push(part.condition);
        }
        failed.for_each(|failed| self.add_failed(&mut tables, failed));
        self.finish(tables, &study, &conditions, warned)
    }

    fn part(&self, record: &Record) -> Result<Part, report::Error> {
        let (folder, stem) = Found::parts(&record.recording);
        let path = self.out.join(EACH).join(folder).join(format!("{stem}_session.json"));
        Ok(Part::new(&record.recording, &report::read_session(&path)?))
    }

    fn add_failed(&self, tables: &mut pooled::Pooled, failed: &Failed) {
        tables.add_failed(&failed.recording, &failed.reason, &self.joined.cells(&failed.recording));
    }

    /// A recording with what a person knows of it.
    fn known(&self, mut recording: study::Recording) -> study::Recording {
        recording.subject = self.joined.cell(&recording.name, SUBJECT);
        recording.group = self.group.and_then(|column| self.joined.cell(&recording.name, column));
        recording
    }

    fn finish(
        &self,
        tables: pooled::Pooled,
        study: &Study,
        conditions: &[Condition],
        warned: usize,
    ) -> Result<Pooled, Error> {
        let warnings = self.warnings(study, warned);
        let findings = study.findings();
        let mut files: Vec<(&'static str, Vec<u8>)> =
            tables.files().into_iter().map(|(name, text)| (name, text.into_bytes())).collect();
        files.push(("statistics.tsv", pooled::statistics_table(&findings).into_bytes()));
        let described = columns::descriptions(&self.joined.columns, self.table)?;
        files.extend(described.into_iter().map(|(name, text)| (name, text.into_bytes())));
        files.push(("findings.json", report::json(&findings)?.into_bytes()));
        if self.figures {
            files.extend(self.drawn(study, &findings, conditions, &warnings)?);
        }
        Ok(Pooled { files, found: sentences(&findings), warnings })
    }

    /// The figures of the set and its page.
    fn drawn(
        &self,
        study: &Study,
        findings: &study::Findings,
        conditions: &[Condition],
        warnings: &[String],
    ) -> Result<Vec<(&'static str, Vec<u8>)>, Error> {
        let failed: Vec<(String, String)> =
            self.failed.iter().map(|f| (f.recording.clone(), f.reason.clone())).collect();
        let page = Page {
            study,
            findings,
            session: None,
            conditions,
            settings: self.settings,
            version: VERSION,
            failed: &failed,
            warnings: &[self.warnings, warnings].concat(),
        };
        Ok(report::of_study(&page)?)
    }

    /// What bends pooled numbers, by name.
    fn warnings(&self, study: &Study, warned: usize) -> Vec<String> {
        let mut told = self.joined.warnings.clone();
        told.extend(self.copies());
        let named = |wanted: &dyn Fn(&study::Recording) -> bool| {
            let names: Vec<&str> =
                study.recordings.iter().filter(|r| wanted(r)).map(|r| r.name.as_str()).collect();
            (!names.is_empty()).then(|| listed(names.into_iter()))
        };
        if study.recordings.iter().any(|r| r.marked) {
            told.extend(named(&|r| !r.marked).map(|names| {
                format!(
                    "without needle marks, so in the tables as one dwell each and not in the statistics: {names}"
                )
            }));
        }
        if self.group.is_some() {
            told.extend(named(&|r| r.group.is_none()).map(|names| format!("in no group: {names}")));
        }
        if warned > 0 {
            told.push(format!(
                "{warned} of the recordings have warnings of their own: see the column warnings of summary.tsv"
            ));
        }
        told
    }

    /// Recordings that are byte for byte the same count more than once.
    fn copies(&self) -> Vec<String> {
        let mut same: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for record in self.records {
            same.entry(&record.sha256).or_default().push(&record.recording);
        }
        let copies = same.into_values().filter(|names| names.len() > 1);
        let mut told: Vec<String> = copies
            .map(|names| {
                let names = listed(names.into_iter());
                format!("the same samples, byte for byte, so they count more than once: {names}")
            })
            .collect();
        told.sort();
        told
    }
}

/// The column of a person's table that says who was recorded.
pub(super) const SUBJECT: &str = "subject";
/// The column that makes the groups unless another is chosen.
pub(super) const CONDITION: &str = "condition";

/// What was found, as a person reads it on the terminal.
fn sentences(findings: &study::Findings) -> Vec<String> {
    let mut all = Vec::new();
    for part in &findings.parts {
        let name = part.group.as_deref().map_or_else(String::new, |group| format!("{group}: "));
        let words = [&part.size.words, &part.rates.by_subject.words, &part.trend.left_after_min.words];
        all.extend(words.into_iter().filter(|w| !w.is_empty()).map(|words| format!("{name}{words}")));
    }
    all.extend(findings.comparison.ratios.iter().map(|ratio| ratio.ratio.words.clone()));
    all.push(findings.comparison.words.clone());
    all.extend(findings.remarks.iter().cloned());
    all.retain(|words| !words.is_empty());
    all
}
