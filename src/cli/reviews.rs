//! Reviews that lie beside a session: which one is laid over it.

use std::path::{Path, PathBuf};

use anyhow::Result;
use twitchscope::review::{self, Review};
use twitchscope::session::Session;

use super::output::tell;

/// Which review the results hold.
#[derive(Debug, Clone, clap::Args)]
pub struct Choice {
    /// The review that the results hold, or none [default: X_review-NAME.tsv beside the session,
    /// where there is just one]
    #[arg(long, value_name = "FILE|none")]
    review: Option<PathBuf>,
}

impl Choice {
    /// Lays the chosen review over `session`, whose results are named `stem` in `folder`. What the
    /// person should know goes to standard error.
    ///
    /// # Errors
    /// A review that was asked for cannot be read, or is of another recording. One that merely lies
    /// there and is not fit is left aside, with a word.
    pub fn lay_over(&self, session: &mut Session, folder: Option<&Path>, stem: &str) -> Result<()> {
        match &self.review {
            Some(none) if none.as_os_str() == "none" => session.review = None,
            Some(path) => lay_over(session, path)?,
            None => {
                let found =
                    folder.filter(|f| f.is_dir()).map_or(Ok(Vec::new()), |f| review::beside(f, stem))?;
                match found.as_slice() {
                    [] => {}
                    [only] => {
                        if let Err(why) = lay_over(session, only) {
                            tell!("the review that lies beside the results is left aside: {why}");
                        }
                    }
                    several => {
                        session.review = None;
                        let names: Vec<String> = several.iter().map(|p| p.display().to_string()).collect();
                        tell!(
                            "{} reviews lie beside the results and none is taken; choose one with --review: {}",
                            names.len(),
                            names.join(", ")
                        );
                    }
                }
            }
        }
        Ok(())
    }
}

fn lay_over(session: &mut Session, path: &Path) -> Result<()> {
    let review = review::read(path)?;
    review.header.is_of(&session.source.sha256, &session.source.name, path)?;
    if review.cut {
        tell!("{}: the last line was cut off and is left out", path.display());
    }
    apply(session, &review, path);
    Ok(())
}

/// Lays `review`, read from `path`, over `session`; one without a decision is none.
pub fn apply(session: &mut Session, review: &Review, path: &Path) {
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let applied = || review::applied(session, &review.header, &review.edits, &file);
    session.review = (!review.edits.is_empty()).then(applied);
}

/// Takes away what an earlier run wrote of a review that the results no longer hold.
pub fn tidy(session: &Session, folder: &Path, stem: &str) {
    if session.review.is_none() {
        for what in ["reviewed.tsv", "dwell_reviewed.svg", "dwell_reviewed.png"] {
            // Most often there is none.
            let _ = std::fs::remove_file(folder.join(format!("{stem}_{what}")));
        }
    }
}
