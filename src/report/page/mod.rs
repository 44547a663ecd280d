//! The report: one page that says what was asked, what was found, how sure that is, and how it was
//! done, for a reader who has nothing but the page.
//!
//! It is one file without scripts, which fetches nothing: pictures lie in it as SVG, and its own
//! policy forbids all else. Text is escaped by the template engine. Each number stands as the tables
//! have it in a `data` element, whose text is the same number rounded.

mod asked;
mod cell;
mod found;
mod label;
mod methods;
mod seen;
mod tables;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::figure::Figure;
use super::figure::plain;
use super::{Condition, Error, counted};
use crate::session::Session;
use crate::settings::Settings;
use crate::study::{Findings, Study};

const STYLE: &str = include_str!("style.css");
/// Nothing is fetched and nothing runs, whatever the page holds.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/// What a page is made from.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// What was looked at.
    pub study: &'a Study,
    /// What follows from it.
    pub findings: &'a Findings,
    /// The session, where the page is about one recording.
    pub session: Option<&'a Session>,
    /// What each recording was like, in the order of the study.
    pub conditions: &'a [Condition],
    /// With which choices.
    pub settings: &'a Settings,
    /// The version of twitchscope that analysed the recordings.
    pub version: &'a str,
    /// Recordings that could not be analysed, each with the reason.
    pub failed: &'a [(String, String)],
    /// What the reader should know, in plain words.
    pub warnings: &'a [String],
}

impl Page<'_> {
    /// The page with these figures as HTML.
    ///
    /// # Errors
    /// [`Error::Draw`] where a figure cannot be drawn.
    pub fn html(&self, figures: &[&Figure]) -> Result<String, Error> {
        let figures = drawn(figures)?;
        let sections = [
            ("asked", "What was asked", asked::asked(self)),
            ("found", "What was found", found::found(self)),
            ("sure", "What could have been seen", seen::seen(self)),
            ("figures", "Figures", figures),
            ("tables", "Tables", tables::tables(self)),
            ("settings", "Settings and versions", asked::settings(self)),
            ("methods", "Methods", methods::methods(self)),
            ("terms", "Terms", methods::terms()),
        ];
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta http-equiv="Content-Security-Policy" content=(POLICY);
                    meta name="generator" content={ "twitchscope " (plain(self.version)) };
                    title { (self.title()) }
                    link rel="icon" href="data:,";
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    a.skip href="#main" { "Skip to the report" }
                    header {
                        h1 { "Twitches against needle dwell: " bdi { (self.subject()) } }
                        p.lead { (found::lead(self)) }
                    }
                    nav aria-label="Sections" {
                        ul { @for (id, heading, _) in &sections { li { a href={ "#" (id) } { (heading) } } } }
                    }
                    main #main tabindex="-1" {
                        (self.warnings())
                        @for (id, heading, content) in &sections {
                            section aria-labelledby=(id) { h2 id=(id) { (heading) } (content) }
                        }
                    }
                    footer { (methods::closing(self)) }
                }
            }
        };
        Ok(page.into_string())
    }

    fn title(&self) -> String {
        format!("{} · twitches against needle dwell", self.subject())
    }

    /// The recording's name, or how many there are.
    fn subject(&self) -> String {
        match self.study.recordings.as_slice() {
            [only] => plain(&only.name),
            several => counted(several.len(), "recording"),
        }
    }

    fn warnings(&self) -> Markup {
        let remarks = self.findings.remarks.iter();
        let all: Vec<String> = self.warnings.iter().chain(remarks).map(|w| plain(w)).collect();
        html! {
            @if !all.is_empty() || !self.failed.is_empty() {
                section.warnings aria-labelledby="warnings" {
                    h2 #warnings { "Warnings" }
                    ul {
                        @for warning in &all { li { (warning) } }
                        @for (name, reason) in self.failed {
                            li { "Not analysed: " bdi { (plain(name)) } ": " (plain(reason)) }
                        }
                    }
                }
            }
        }
    }
}

/// The figures with their captions, numbered.
fn drawn(figures: &[&Figure]) -> Result<Markup, Error> {
    let drawn: Vec<(&Figure, String)> =
        figures.iter().map(|f| Ok((*f, f.bare_svg()?))).collect::<Result<_, Error>>()?;
    Ok(html! {
        div.figures {
            @for (n, (figure, svg)) in (1..).zip(&drawn) {
                figure.wide[figure.wide()] id={ "figure-" (n) } {
                    @if figure.wide() {
                        div.sheet tabindex="0" role="group" aria-label={ "Figure " (n) ", scrolls sideways" } {
                            (PreEscaped(svg))
                        }
                    } @else {
                        div.sheet { (PreEscaped(svg)) }
                    }
                    figcaption { b { "Figure " (n) ". " (figure.title()) "." } " " (figure.caption()) }
                }
            }
        }
    })
}
