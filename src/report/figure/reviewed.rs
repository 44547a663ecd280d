//! The dwell figure of what a person has, not the detector: the same figure, told apart by its words.

use std::collections::BTreeSet;

use super::dwell;
use super::sheet::{Anchor, Sheet, Type};
use super::theme::{self, TITLE, VERMILLION, plain};
use crate::session::{InsertionRecord, Session};

/// Lays the figure out; `None` unless every session has a review with a count.
pub fn sheet(sessions: &[&Session]) -> Option<Sheet> {
    let reviewed: Vec<Session> = sessions.iter().map(|s| counted(s)).collect::<Option<_>>()?;
    if reviewed.is_empty() {
        return None;
    }
    let counted: Vec<&Session> = reviewed.iter().collect();
    let mut sheet = dwell::sheet(dwell::Content::of_sessions(&counted), dwell::Words::of_sessions(&counted));
    let reviews = sessions.iter().filter_map(|s| s.review.as_ref());
    let names: BTreeSet<&str> = reviews.map(|r| r.reviewer.as_str()).collect();
    let who = match names.len() {
        1 => format!("as reviewed by {}", names.into_iter().map(plain).collect::<String>()),
        n => format!("as {n} persons reviewed it"),
    };
    let room = sheet.width / 2.0 - 4.0;
    let set = Type::new(TITLE).bold().colour(VERMILLION).at(Anchor::Right);
    let right = sheet.width - 9.0;
    sheet.text((right, 9.5), &theme::fit(&who, TITLE, true, room), set);
    sheet.title = format!("{}, {who}", sheet.title);
    sheet.caption = format!("{} {}", sheet.caption, caption(sessions, &reviewed, &who));
    Some(sheet)
}

/// The session with the person's twitches in the insertions that are judged to the end; `None` where
/// there is none.
fn counted(session: &Session) -> Option<Session> {
    let review = session.review.as_ref()?;
    let both = session.insertions.iter().zip(&review.insertions).enumerate();
    let insertions: Vec<InsertionRecord> = both
        .filter(|(_, (_, reviewed))| reviewed.count().is_some())
        .map(|(n, (i, reviewed))| InsertionRecord {
            twitches: reviewed.twitches.clone(),
            // A number stays that of the session, whatever is left out before it.
            label: i.label.clone().or_else(|| session.marked.then(|| format!("Insertion {}", n + 1))),
            // What another threshold would give says nothing about a person.
            sensitivity: None,
            ..i.clone()
        })
        .collect();
    (!insertions.is_empty()).then(|| Session { insertions, ..session.clone() })
}

fn caption(sessions: &[&Session], reviewed: &[Session], who: &str) -> String {
    let twitches = |i: &InsertionRecord| i.twitches.len();
    let seen: usize = reviewed.iter().flat_map(|s| &s.insertions).map(twitches).sum();
    let is_judged = |s: &&Session, n: usize| {
        s.review.as_ref().and_then(|r| r.insertions.get(n)).is_some_and(|r| r.unjudged == 0)
    };
    let (mut automatic, mut left_out) = (0, 0);
    for session in sessions {
        for (n, insertion) in session.insertions.iter().enumerate() {
            if is_judged(session, n) { automatic += twitches(insertion) } else { left_out += 1 }
        }
    }
    let mut text = format!(
        "Counts {who}: {seen}; the detector has {automatic} in the same insertions. Threshold and false alarms are the detector's."
    );
    if left_out > 0 {
        let what = if left_out == 1 { "1 insertion is" } else { &format!("{left_out} insertions are") };
        text += &format!(" {what} not judged to the end and left out.");
    }
    text
}
