//! The words of the trace figure, and its legend.

use super::{LEFT, RIGHT};
use crate::detect::Class;
use crate::report::figure::control;
use crate::report::figure::marker;
use crate::report::figure::sheet::{Pen, Rect, Sheet, Type};
use crate::report::figure::theme::{self, MASKED, PAGE, SMALL, TITLE, plain};
use crate::session::Session;

/// The figure in one sentence.
pub fn title(session: &Session) -> String {
    format!("The recording {} with what was found in it", plain(&session.source.name))
}

/// What stands above the figure.
pub fn heading(session: &Session) -> String {
    theme::fit(&plain(&session.source.name), TITLE, true, PAGE - 8.0)
}

/// The signs that occur, with how often; gives where it ends.
pub fn legend(sheet: &mut Sheet, top: f64, session: &Session) -> f64 {
    let count = |class: Class| match class {
        Class::Twitch => session.twitches.len(),
        _ => session.candidates.iter().filter(|c| c.class == class).count(),
    };
    let (mut x, mut y) = (LEFT, top + SMALL);
    let mut entry = |words: &str, sign: &mut dyn FnMut(f64, f64)| {
        let wide = theme::width(words, SMALL, false) + 22.0;
        if x + wide > RIGHT + 10.0 && x > LEFT {
            (x, y) = (LEFT, y + SMALL * 1.6);
        }
        sign(x, y);
        x += wide;
        (x - wide + 10.0, y)
    };
    let mut texts = Vec::new();
    for class in Class::ALL {
        let n = count(class);
        if n > 0 {
            let words = format!("{} ({n})", marker::words(class));
            let at = entry(&words, &mut |x, y| {
                marker::draw(sheet, class, (x + 3.5, y - SMALL * 0.36), x + 7.5);
            });
            texts.push((at, words));
        }
    }
    if !session.masked.is_empty() {
        let words = "no valid signal".to_owned();
        let at = entry(&words, &mut |x, y| {
            let rect = Rect { left: x - 1.0, top: y - SMALL * 0.8, right: x + 7.5, bottom: y };
            sheet.rect(rect, (236, 236, 236));
            sheet.hatch(rect, 3.0, Pen::new(MASKED, 0.35));
        });
        texts.push((at, words));
    }
    let none = texts.is_empty();
    for (at, words) in texts {
        sheet.text(at, &words, Type::new(SMALL));
    }
    if none { top } else { y + 2.5 }
}

/// What stands below the figure.
pub fn text(session: &Session, rows: usize) -> String {
    let mut all = String::from("Least and largest value at each place, after removal of mains");
    let channels = session.channels.len();
    if rows > 1 {
        all.push_str("; each channel on its own scale");
    }
    all.push_str(". Peaks beyond the axis are cut off, twitches never.");
    if !session.marked {
        all.push_str(" No marks: the whole recording counts as one dwell.");
    } else if !session.insertions.is_empty() {
        all.push_str(" Light bands: a needle is in.");
    }
    if let Some(control) = control::sentence([control::Watched::session(session)].into_iter()) {
        all.push(' ');
        all.push_str(&control);
    }
    if !session.source.calibrated {
        all.push_str(" The scale is unknown: amplitudes are in counts.");
    }
    if channels > rows {
        all.push_str(&format!(" The first {rows} of {channels} channels are shown."));
    }
    all
}
