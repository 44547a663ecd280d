//! The session as JSON: one line a record, so that a person can read it and `diff` it, yet no
//! larger than need be; and back, with the place of what is wrong.

use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::ser::Formatter;

use super::Error;
use crate::session::{SCHEMA, Session};

/// The session as JSON text: the same session gives the same bytes.
///
/// # Errors
/// [`Error::Encode`], which no session that the pipeline makes gives.
pub fn session_json(session: &Session) -> Result<String, Error> {
    json(session)
}

/// Anything as JSON text, laid out as a session is: a record of a list takes one line.
///
/// # Errors
/// [`Error::Encode`] for what has no JSON form.
pub fn json(value: &impl Serialize) -> Result<String, Error> {
    let mut bytes = Vec::new();
    let mut out = serde_json::Serializer::with_formatter(&mut bytes, Records::default());
    value.serialize(&mut out).map_err(|e| Error::Encode(e.to_string()))?;
    bytes.push(b'\n');
    String::from_utf8(bytes).map_err(|e| Error::Encode(e.to_string()))
}

/// Reads a session that [`session_json`] wrote.
///
/// # Errors
/// [`Error::Read`] for a file that cannot be read, [`Error::Json`] with line and column for one
/// that is no session, [`Error::Schema`] for one of another schema version.
pub fn read_session(path: &Path) -> Result<Session, Error> {
    let text = fs::read_to_string(path).map_err(|problem| match problem.kind() {
        io::ErrorKind::InvalidData => {
            Error::Json { path: path.to_owned(), line: 1, column: 1, problem: "not UTF-8 text".into() }
        }
        _ => Error::Read { path: path.to_owned(), problem },
    })?;
    let wrong = |e: serde_json::Error| {
        let full = e.to_string();
        let place = format!(" at line {} column {}", e.line(), e.column());
        let problem = full.strip_suffix(&place).unwrap_or(&full).to_owned();
        Error::Json { path: path.to_owned(), line: e.line(), column: e.column(), problem }
    };
    // The schema first: another version's fields would only give a puzzling error.
    let head: Head = serde_json::from_str(&text).map_err(wrong)?;
    if head.schema != SCHEMA {
        return Err(Error::Schema { path: path.to_owned(), found: head.schema, known: SCHEMA });
    }
    serde_json::from_str(&text).map_err(wrong)
}

#[derive(Deserialize)]
struct Head {
    schema: u32,
}

/// A layout between pretty and compact: an object is spread over lines unless it is a record in a
/// list, which takes one line; lists of numbers stay on theirs.
#[derive(Default)]
struct Records {
    /// For every open list or object, what it is.
    open: Vec<Open>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    /// One field a line.
    Spread,
    /// All fields on one line.
    Record,
    /// Whether it holds records or lists, which begin new lines.
    List { tall: bool },
}

impl Records {
    fn line<W: ?Sized + io::Write>(&self, out: &mut W) -> io::Result<()> {
        out.write_all(b"\n")?;
        (0..self.open.len()).try_for_each(|_| out.write_all(b"  "))
    }

    /// Begins a line for a record or list within a list of the outermost kind.
    fn enter_list<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        let within_record = self.open.contains(&Open::Record);
        if let (false, Some(Open::List { tall })) = (within_record, self.open.last_mut()) {
            *tall = true;
            self.line(out)?;
        }
        Ok(())
    }
}

impl Formatter for Records {
    fn begin_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.enter_list(out)?;
        self.open.push(Open::List { tall: false });
        out.write_all(b"[")
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        if self.open.pop() == Some(Open::List { tall: true }) {
            self.line(out)?;
        }
        out.write_all(b"]")
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.enter_list(out)?;
        let in_list = self.open.iter().any(|o| matches!(o, Open::List { .. }));
        self.open.push(if in_list { Open::Record } else { Open::Spread });
        out.write_all(b"{")
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        if self.open.pop() == Some(Open::Spread) {
            self.line(out)?;
        }
        out.write_all(b"}")
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        if !first {
            out.write_all(b",")?;
        }
        match self.open.last() {
            Some(Open::Spread) => self.line(out),
            _ if first => Ok(()),
            _ => out.write_all(b" "),
        }
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }
}
