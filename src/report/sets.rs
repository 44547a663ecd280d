//! Which figures and pages there are of one recording, and of many together.

use super::page::Page;
use super::{Condition, Error, figure};
use crate::report::figure::Figure;
use crate::session::Session;
use crate::study::{Recording, Study};

/// What a result is called behind the recording's name, and what it holds.
pub type Named = (&'static str, Vec<u8>);

/// What a result is called as SVG and as PNG.
type Names = (&'static str, &'static str);

const DWELL: Names = ("dwell.svg", "dwell.png");
const REVIEWED: Names = ("dwell_reviewed.svg", "dwell_reviewed.png");
const GROUPS: Names = ("groups.svg", "groups.png");
const TRACE: Names = ("trace.svg", "trace.png");
const RASTER: Names = ("raster.svg", "raster.png");
const RATE: Names = ("rate.svg", "rate.png");
const EXPOSURE: Names = ("exposure.svg", "exposure.png");
const AMPLITUDE: Names = ("amplitude.svg", "amplitude.png");
const OVERLAY: Names = ("overlay.svg", "overlay.png");
const QUALITY: Names = ("quality.svg", "quality.png");
/// The name of the page.
const REPORT: &str = "report.html";

/// What is drawn of a recording as one of many.
pub const DRAWN: [&str; 5] = [DWELL.0, DWELL.1, TRACE.0, TRACE.1, REPORT];

/// The figures of one recording and its page; `all` of the figures as files of their own, or those
/// of dwell (as reviewed, too) and trace alone. The page has all of them.
///
/// # Errors
/// [`Error::Draw`].
pub fn of_recording(session: &Session, all: bool) -> Result<Vec<Named>, Error> {
    let name = session.source.name.clone();
    // One recording is of one person, whoever that is.
    let recording =
        Recording { subject: Some(name.clone()), ..Recording::from_session(name.clone(), session) };
    let study = Study { recordings: vec![recording], ..Study::default() };
    let findings = study.findings();
    let page = Page {
        study: &study,
        findings: &findings,
        session: Some(session),
        conditions: &[Condition::new(&name, session)],
        settings: &session.settings,
        version: &session.version,
        failed: &[],
        warnings: &session.warnings,
    };
    let mut figures = vec![(DWELL, figure::dwell(&[session]))];
    figures.extend(figure::dwell_reviewed(&[session]).map(|figure| (REVIEWED, figure)));
    figures.extend([
        (RASTER, figure::raster(&study)),
        (TRACE, figure::trace(session)),
        (RATE, figure::rate(&study, &findings)),
        (EXPOSURE, figure::exposure(&study)),
        (AMPLITUDE, figure::amplitude(&study)),
        (OVERLAY, figure::overlay(&[session])),
    ]);
    let own = |names: &Names| all || [DWELL, REVIEWED, TRACE].contains(names);
    files(&page, &figures, own)
}

/// The figures and the page of many recordings together.
///
/// # Errors
/// [`Error::Draw`].
pub fn of_study(page: &Page) -> Result<Vec<Named>, Error> {
    together(page, None)
}

/// With the dwell figure of what persons have, where there is one.
fn together(page: &Page, reviewed: Option<Figure>) -> Result<Vec<Named>, Error> {
    let (study, findings) = (page.study, page.findings);
    let mut figures = vec![(DWELL, figure::pooled_dwell(study))];
    figures.extend(reviewed.map(|figure| (REVIEWED, figure)));
    if findings.parts.len() > 2 {
        figures.push((GROUPS, figure::groups(study)));
    }
    figures.extend([
        (RASTER, figure::raster(study)),
        (RATE, figure::rate(study, findings)),
        (EXPOSURE, figure::exposure(study)),
        (AMPLITUDE, figure::amplitude(study)),
        (QUALITY, figure::quality(page.conditions)),
    ]);
    files(page, &figures, |_| true)
}

/// The figures and the page of these sessions together, each under its recording's name.
///
/// # Errors
/// [`Error::Draw`].
pub fn of_sessions(sessions: &[Session]) -> Result<Vec<Named>, Error> {
    let recording = |s: &Session| Recording::from_session(s.source.name.clone(), s);
    let study = Study { recordings: sessions.iter().map(recording).collect(), ..Study::default() };
    let findings = study.findings();
    let conditions: Vec<Condition> = sessions.iter().map(|s| Condition::new(&s.source.name, s)).collect();
    let Some(first) = sessions.first() else { return Ok(Vec::new()) };
    let told = |s: &Session| s.warnings.iter().map(|w| format!("{}: {w}", s.source.name)).collect::<Vec<_>>();
    let mut warnings: Vec<String> = sessions.iter().flat_map(told).collect();
    if sessions.iter().any(|s| s.settings != first.settings || s.version != first.version) {
        warnings.insert(
            0,
            "the recordings were analysed with different settings or versions; those of the first are shown"
                .into(),
        );
    }
    let page = Page {
        study: &study,
        findings: &findings,
        session: None,
        conditions: &conditions,
        settings: &first.settings,
        version: &first.version,
        failed: &[],
        warnings: &warnings,
    };
    let reviewed = figure::dwell_reviewed(&sessions.iter().collect::<Vec<_>>());
    together(&page, reviewed)
}

/// The page with all figures, and those that are `own` as files of their own.
fn files(
    page: &Page,
    figures: &[(Names, Figure)],
    own: impl Fn(&Names) -> bool,
) -> Result<Vec<Named>, Error> {
    let mut all = Vec::new();
    for ((svg, png), figure) in figures.iter().filter(|(names, _)| own(names)) {
        all.push((*svg, figure.svg()?.into_bytes()));
        all.push((*png, figure.png()?));
    }
    let figures: Vec<&Figure> = figures.iter().map(|(_, figure)| figure).collect();
    all.push((REPORT, page.html(&figures)?.into_bytes()));
    Ok(all)
}
