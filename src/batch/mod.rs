//! Sets of recordings: each analysed as alone, all cores at work, and their results pooled.
//!
//! A batch finds recordings by what files hold ([`find()`]), makes the results of each that has none
//! yet, and then the tables and statistics of all. It may be killed at any moment: what is whole is
//! kept, what is not is made again, and the end is the same as without the kill. One broken
//! recording is told and never stops the rest.
//!
//! This room knows sources, analysis, sessions, studies and reports; it must never know the command
//! line or a live board. It prints nothing: how far it is it tells a callback, what a person should
//! know is in the [`Outcome`].

mod error;
mod find;
mod journal;
mod pool;
mod table;
mod work;

use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};
use walkdir::WalkDir;

use crate::report;
use crate::settings::Settings;
use crate::source::{Options, sha256_of};

pub use error::Error;
pub use find::{Found, Set, find};
pub use journal::{EACH, Failed, JOURNAL, REPORT, Record, Report, SCHEMA, Stamp};
pub use table::{Joined, Table};

use journal::{Journal, VERSION};
use pool::{CONDITION, Part, Pool};
use work::{Became, Workshop};

/// What decides the results of a recording, beside the recording.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Choices {
    /// Scale, channels, marks.
    pub options: Options,
    /// How twitches are looked for.
    pub settings: Settings,
}

impl Choices {
    /// For `batch.json`, and to be held against those of an earlier run.
    fn json(&self) -> Result<Value, Error> {
        let settings =
            serde_json::to_value(&self.settings).map_err(|e| report::Error::Encode(e.to_string()))?;
        let o = &self.options;
        Ok(json!({
            "settings": settings,
            "scale": format!("{:?}", o.scale),
            "channels": o.channels,
            "insertions": o.insertions.iter().map(|i| format!("{i:?}")).collect::<Vec<_>>(),
            "needle_in": o.needle_in_id,
            "needle_out": o.needle_out_id,
        }))
    }
}

/// A set that is to be worked on.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Batch {
    /// Recordings, and folders to look for recordings in.
    pub paths: Vec<PathBuf>,
    /// The folder of results.
    pub out: PathBuf,
    /// What is known of each recording: see [`Table::read`].
    pub table: Option<PathBuf>,
    /// The column of the table that makes groups; `None` for `condition`, where there is one.
    pub group: Option<String>,
    /// How recordings are read and analysed.
    pub choices: Choices,
    /// Whether figures are drawn.
    pub figures: bool,
    /// Whether results of an earlier run are made anew.
    pub fresh: bool,
    /// How many recordings are worked on at once; `None` for one a core.
    pub jobs: Option<NonZeroUsize>,
}

/// How far a batch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The recordings were found.
    Found {
        /// How many.
        recordings: usize,
        /// All together.
        bytes: u64,
    },
    /// So much more of a recording was analysed.
    Read {
        /// Of its file.
        bytes: u64,
    },
    /// One more recording is done.
    Done {
        /// Of its file, what was not told as read.
        bytes: u64,
        /// It could not be analysed.
        failed: bool,
    },
    /// All are done; tables and statistics of the set are being made.
    Pooling,
}

/// What came of a batch.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outcome {
    /// Recordings in the set.
    pub recordings: usize,
    /// Of these, analysed now.
    pub made: usize,
    /// Of these, with results that were there already.
    pub kept: usize,
    /// Of those analysed now, with results of another content that were replaced.
    pub remade: usize,
    /// Those that could not be analysed, and why, in order of name.
    pub failed: Vec<Failed>,
    /// Stopped before its end; the same batch goes on from here.
    pub stopped: bool,
    /// What the reader should know.
    pub warnings: Vec<String>,
    /// What was found, in sentences.
    pub found: Vec<String>,
}

/// Works on a set until it is done or `stop` is set. `tell` hears how far it is, from several
/// threads.
///
/// # Errors
/// [`Error`] where the whole set cannot be worked on. Recordings that fail are in the outcome.
pub fn run(batch: &Batch, stop: &AtomicBool, tell: &(dyn Fn(Step) + Sync)) -> Result<Outcome, Error> {
    let table = batch.table.as_ref().map(|path| Table::read(path, &pool::taken())).transpose()?;
    let set = find(&batch.paths, &batch.out.join(EACH))?;
    if batch.choices.options.events.is_some() && set.found.len() > 1 {
        return Err(Error::EventsForMany { recordings: set.found.len() });
    }
    let joined = table.as_ref().map(|table| table.join(&set.found)).transpose()?.unwrap_or_default();
    let group = group(batch, &joined)?;
    let journal = Journal::open(&batch.out, &batch.choices, batch.fresh, pool::FILES)?;
    tell(Step::Found { recordings: set.found.len(), bytes: set.found.iter().map(|found| found.bytes).sum() });
    let pool = threads(batch.jobs)?;
    let became = pool.install(|| work(batch, &set, &journal, stop, tell))?;
    let mut end = End::of(&set, became);
    if stop.load(Ordering::Relaxed) {
        end.outcome.stopped = true;
        return Ok(end.outcome);
    }
    tell(Step::Pooling);
    end.outcome.warnings = set.warnings.clone();
    pool.install(|| end.pool(batch, table.as_ref(), &joined, group.as_deref(), journal))
}

/// The column that makes the groups.
fn group(batch: &Batch, joined: &Joined) -> Result<Option<String>, Error> {
    let has = |column: &str| joined.columns.iter().any(|own| own == column);
    match &batch.group {
        Some(column) if !has(column) => Err(Error::NoGroup { column: column.clone() }),
        Some(column) => Ok(Some(column.clone())),
        None => Ok(has(CONDITION).then(|| CONDITION.to_owned())),
    }
}

fn threads(jobs: Option<NonZeroUsize>) -> Result<rayon::ThreadPool, Error> {
    // None is 0 here, which is one a core.
    let jobs = jobs.map_or(0, NonZeroUsize::get);
    let built = rayon::ThreadPoolBuilder::new().num_threads(jobs).build();
    built.map_err(|e| Error::Jobs { jobs, problem: e.to_string() })
}

/// Works on every recording of the set, the largest first, so that no long one is left alone at the
/// end. What became of each, in the set's order; `None` for those that were not begun.
fn work(
    batch: &Batch,
    set: &Set,
    journal: &Journal,
    stop: &AtomicBool,
    tell: &(dyn Fn(Step) + Sync),
) -> Result<Vec<Option<Became>>, Error> {
    let workshop = Workshop { out: &batch.out, choices: &batch.choices, figures: batch.figures, stop, tell };
    let mut order: Vec<usize> = (0..set.found.len()).collect();
    order.sort_by_key(|place| std::cmp::Reverse(set.found[*place].bytes));
    let next = AtomicUsize::new(0);
    let became: Vec<Mutex<Option<Became>>> = set.found.iter().map(|_| Mutex::new(None)).collect();
    let broken = Mutex::new(None);
    let one = |place: usize| -> Result<(), Error> {
        let found = &set.found[place];
        let result = workshop.work(found, journal.done.get(&found.name))?;
        if let Became::Made { record, .. } = &result {
            journal.note(record)?;
        }
        *became[place].lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
        Ok(())
    };
    rayon::scope(|scope| {
        for _ in 0..rayon::current_num_threads() {
            scope.spawn(|_| {
                while let Some(place) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                    if let Err(error) = one(*place) {
                        // The others end at their next recording.
                        next.store(order.len(), Ordering::Relaxed);
                        *broken.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                    }
                }
            });
        }
    });
    match broken.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(error) => Err(error),
        None => {
            Ok(became.into_iter().map(|b| b.into_inner().unwrap_or_else(PoisonError::into_inner)).collect())
        }
    }
}

/// A batch whose recordings are done.
struct End {
    records: Vec<Record>,
    /// What the pooled results need of each, where it is at hand.
    parts: Vec<Option<Part>>,
    outcome: Outcome,
}

impl End {
    fn of(set: &Set, became: Vec<Option<Became>>) -> Self {
        let mut end = Self { records: Vec::new(), parts: Vec::new(), outcome: Outcome::default() };
        let outcome = &mut end.outcome;
        outcome.recordings = set.found.len() + set.refused.len();
        let failed = |(recording, reason): (&String, &String)| Failed {
            recording: recording.clone(),
            reason: reason.clone(),
        };
        outcome.failed = set.refused.iter().map(failed).collect();
        for (found, became) in set.found.iter().zip(became) {
            match became {
                Some(Became::Kept(record)) => {
                    outcome.kept += 1;
                    end.records.push(record);
                    end.parts.push(None);
                }
                Some(Became::Made { record, part, replaced }) => {
                    outcome.made += 1;
                    outcome.remade += usize::from(replaced);
                    end.records.push(record);
                    end.parts.push(Some(*part));
                }
                Some(Became::Failed(reason)) => {
                    outcome.failed.push(Failed { recording: found.name.clone(), reason });
                }
                Some(Became::Stopped) | None => {}
            }
        }
        outcome.failed.sort_by(|a, b| a.recording.cmp(&b.recording));
        end
    }

    /// Makes the pooled results, unless they are there, and the report.
    fn pool(
        mut self,
        batch: &Batch,
        table: Option<&Table>,
        joined: &Joined,
        group: Option<&str>,
        journal: Journal,
    ) -> Result<Outcome, Error> {
        self.outcome.warnings.extend(strays(&batch.out, &self.records));
        let table = table.map(Table::stamp);
        let key = self.key(table.as_ref(), group, batch.figures);
        let before = journal.report.as_ref().filter(|report| {
            report.pooled_key == key && report.pooled.iter().all(|file| file.holds(&batch.out))
        });
        let report = match before {
            Some(report) => report.clone(),
            None => self.make(batch, table, joined, group, key)?,
        };
        self.outcome.warnings = report.warnings.clone();
        self.outcome.found = report.found.clone();
        journal.end(&report)?;
        Ok(self.outcome)
    }

    fn make(
        &mut self,
        batch: &Batch,
        table: Option<Stamp>,
        joined: &Joined,
        group: Option<&str>,
        pooled_key: String,
    ) -> Result<Report, Error> {
        let pooled = Pool {
            out: &batch.out,
            records: &self.records,
            failed: &self.outcome.failed,
            joined,
            table: table.as_ref().map(|t| t.name.as_str()),
            group,
            settings: &batch.choices.settings,
            figures: batch.figures,
            warnings: &self.outcome.warnings,
        }
        .pool(std::mem::take(&mut self.parts))?;
        let files: Vec<(&str, &[u8])> =
            pooled.files.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
        report::write_files(&batch.out, &files, report::Flush::Each)?;
        // Groups that are no more, or figures that are not wanted now.
        for gone in pool::FILES.iter().filter(|gone| files.iter().all(|(name, _)| name != *gone)) {
            report::remove(&batch.out.join(gone))?;
        }
        let mut warnings = self.outcome.warnings.clone();
        warnings.extend(pooled.warnings);
        Ok(Report {
            schema: SCHEMA,
            version: VERSION.into(),
            choices: batch.choices.json()?,
            table,
            group_column: group.map(str::to_owned),
            recordings: self.records.clone(),
            failed: self.outcome.failed.clone(),
            warnings,
            found: pooled.found,
            pooled_key,
            pooled: files.iter().map(|(name, bytes)| Stamp::of(name, bytes)).collect(),
        })
    }

    /// What the pooled results hang on, as one checksum.
    fn key(&self, table: Option<&Stamp>, group: Option<&str>, figures: bool) -> String {
        let all =
            (VERSION, &self.records, &self.outcome.failed, &self.outcome.warnings, table, group, figures);
        sha256_of(format!("{all:?}").as_bytes())
    }
}

/// Results in the folder that are of no recording of this run.
fn strays(out: &Path, records: &[Record]) -> Option<String> {
    let each = out.join(EACH);
    let known: HashSet<PathBuf> = records
        .iter()
        .map(|record| {
            let (folder, stem) = Found::parts(&record.recording);
            folder.join(format!("{stem}_session.json"))
        })
        .collect();
    let files = WalkDir::new(&each).sort_by_file_name().into_iter().flatten();
    let sessions = files.filter(|f| f.file_name().as_encoded_bytes().ends_with(b"_session.json"));
    let strays: Vec<String> = sessions
        .filter_map(|f| f.path().strip_prefix(&each).ok().map(Path::to_owned))
        .filter(|path| !known.contains(path))
        .map(|path| path.display().to_string())
        .collect();
    (!strays.is_empty()).then(|| {
        let names = find::listed(strays.iter().map(String::as_str));
        format!(
            "in {EACH} lie results that are not of this run, so they are not in the tables: {names}; remove them if they are not wanted"
        )
    })
}
