//! What a person reads on the terminal after an analysis.

use std::fmt::Write;

use twitchscope::analysis::count;
use twitchscope::detect::Class;
use twitchscope::report::{counted, duration};
use twitchscope::session::{ChannelQuality, Estimate, InsertionRecord, SelfTestRow, Sensitivity, Session};
use twitchscope::statistics::{poisson_interval, rate};

/// Insertions are listed up to this many; more are summed up.
const LISTED: usize = 40;
/// A label is shown up to this many letters.
const MOST_LABEL: usize = 24;

/// The summary of a session, a few lines for each part.
pub fn summary(session: &Session) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write(session, &mut text);
    text
}

fn write(session: &Session, out: &mut String) -> std::fmt::Result {
    let source = &session.source;
    writeln!(
        out,
        "{}: {}, {} at {} Hz ({}, {})",
        source.name,
        duration(source.duration_s),
        counted(session.channels.len(), "channel"),
        source.sampling_frequency_hz,
        source.format,
        if source.calibrated { "in µV" } else { "scale unknown" },
    )?;
    insertions(session, out)?;
    candidates(session, out)?;
    out.push_str(&reviewed(session));
    sensitivity(session, out)?;
    control(session, out)?;
    visibility(session, out)?;
    self_test(session, out)?;
    if !session.warnings.is_empty() {
        writeln!(out)?;
    }
    for warning in &session.warnings {
        writeln!(out, "Warning: {warning}")?;
    }
    Ok(())
}

fn insertions(session: &Session, out: &mut String) -> std::fmt::Result {
    let total: usize = session.insertions.iter().map(|i| i.twitches.len()).sum();
    let dwells = if session.marked {
        counted(session.insertions.len(), "insertion")
    } else {
        "the whole recording, taken as one dwell (no needle marks)".into()
    };
    writeln!(out)?;
    match total {
        0 => writeln!(
            out,
            "No twitch above the threshold in {dwells}; what could have been seen stands below:"
        )?,
        n => writeln!(out, "{} in {dwells}:", counted(n, "twitch"))?,
    }
    let mut rows = vec![HEAD.map(str::to_owned)];
    rows.extend(session.insertions.iter().take(LISTED).enumerate().map(|(n, i)| row(n + 1, i)));
    out.push_str(&aligned(&rows, [true, false, false, false, true, false, false, true]));
    if session.insertions.len() > LISTED {
        writeln!(out, "  and {} more, which X_insertions.tsv lists", session.insertions.len() - LISTED)?;
    }
    Ok(())
}

/// The columns; the two last count from needle in.
const HEAD: [&str; 8] =
    ["insertion", "dwell", "observed", "twitches", "a minute (95 % interval)", "first at", "last at", ""];

fn row(number: usize, i: &InsertionRecord) -> [String; 8] {
    let whole = i.label.as_deref() == Some("whole recording");
    let mut label: String = i.label.as_deref().unwrap_or_default().chars().take(MOST_LABEL + 1).collect();
    if label.chars().count() > MOST_LABEL {
        label = label.chars().take(MOST_LABEL - 1).chain(['…']).collect();
    }
    let label = format!("{number} {label}").trim_end().to_owned();
    let rate = rate(i.twitches.len() as u64, i.observed);
    let rate = rate.map_or_else(
        || "n/a".to_owned(),
        |r| format!("{:.1} ({:.1} to {:.1})", r.per_min, r.interval.low, r.interval.high),
    );
    let moment = |t: Option<&f64>| t.map_or_else(|| "–".to_owned(), |t| format!("{t:.1} s"));
    let still_in = if i.still_in && !whole { "still in at the end" } else { "" };
    [
        label,
        format!("{:.1} s", i.dwell),
        format!("{:.1} s", i.observed),
        i.twitches.len().to_string(),
        rate,
        moment(i.twitches.first()),
        moment(i.twitches.last()),
        still_in.to_owned(),
    ]
}

/// Rows under one another, columns of `words` to the left, numbers to the right.
fn aligned<const N: usize>(rows: &[[String; N]], words: [bool; N]) -> String {
    let shown = |cell: &String| cell.chars().count();
    let widths: [usize; N] =
        std::array::from_fn(|column| rows.iter().map(|row| shown(&row[column])).max().unwrap_or_default());
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let pad = " ".repeat(widths[column] - shown(cell));
            line += "  ";
            line += &if words[column] { format!("{cell}{pad}") } else { format!("{pad}{cell}") };
        }
        text += line.trim_end();
        text += "\n";
    }
    text
}

fn candidates(session: &Session, out: &mut String) -> std::fmt::Result {
    let told: Vec<String> = Class::ALL
        .into_iter()
        .filter(|class| *class != Class::Twitch)
        .map(|class| (class, count(session, class)))
        .filter(|(_, n)| *n > 0)
        .map(|(class, n)| format!("{n} {}", class.name()))
        .collect();
    if !told.is_empty() {
        writeln!(out, "  set aside as something else: {}", told.join(", "))?;
    }
    Ok(())
}

/// What a person has of it, beside the automatic count; nothing without a review.
pub fn reviewed(session: &Session) -> String {
    let Some(review) = &session.review else { return String::new() };
    let how = if review.blind { " without seeing the verdicts" } else { "" };
    let count = |n: u64| counted(n as usize, "twitch");
    let unjudged: u64 = review.insertions.iter().map(|i| i.unjudged).sum();
    let found: u64 = session.insertions.iter().map(|i| i.twitches.len() as u64).sum();
    let seen: u64 = review.insertions.iter().map(|i| i.twitches.len() as u64).sum();
    let told = match unjudged {
        0 => format!("{} in insertions, where the detector has {found}", count(seen)),
        n => format!("{} so far, and {n} of the detector's {found} are not judged yet", count(seen)),
    };
    format!("  reviewed by {}{how}: {told}\n", review.reviewer)
}

/// How much the count depends on where the threshold lies.
fn sensitivity(session: &Session, out: &mut String) -> std::fmt::Result {
    let Some(Sensitivity { at_80, at_120 }) = &session.sensitivity else { return Ok(()) };
    let count = session.insertions.iter().map(|i| i.twitches.len() as u64).sum();
    let chance = poisson_interval(count);
    let within = |n: u64| (chance.low..=chance.high).contains(&(n as f64));
    let verdict = match (within(at_80.twitches), within(at_120.twitches)) {
        (true, true) => "the count hardly depends on the threshold",
        (false, true) => "many lie just below the threshold: the count hangs on it",
        (true, false) => "many lie just above the threshold: the count hangs on it",
        (false, false) => "the count hangs on the threshold",
    };
    writeln!(
        out,
        "  with the threshold at 80 % (1.0 dB lower): {}; at 120 % (0.8 dB higher): {}: {verdict}",
        at_80.twitches, at_120.twitches
    )
}

/// What could have been seen: no count is told without it.
fn visibility(session: &Session, out: &mut String) -> std::fmt::Result {
    let budget = session.settings.false_alarms_per_min;
    writeln!(out)?;
    writeln!(
        out,
        "The smallest burst that is found 9 times in 10, RMS, at {budget} false alarms a minute and channel:"
    )?;
    let head = ["channel", "noise RMS", "threshold", "in 20 ms", "in 50 ms", "in 100 ms", ""];
    let mut rows = vec![head.map(str::to_owned)];
    rows.extend(session.channels.iter().map(|c| seen(c, session.source.calibrated)));
    out.push_str(&aligned(&rows, [true, false, false, false, false, false, true]));
    Ok(())
}

fn seen(channel: &ChannelQuality, calibrated: bool) -> [String; 7] {
    let (Some(noise), Some(bursts)) = (channel.noise_rms, channel.smallest_rms) else {
        let none = || "n/a".to_owned();
        let why = "nothing can be found: too little signal for a noise floor".into();
        return [channel.name.clone(), none(), none(), none(), none(), none(), why];
    };
    let [t20, t50, t100] = bursts
        .map(|rms| if calibrated { format!("{rms:.1} µV") } else { format!("{:.1} × noise", rms / noise) });
    [
        channel.name.clone(),
        if calibrated { format!("{noise:.1} µV") } else { format!("{noise:.1} counts") },
        channel.threshold_db.map_or_else(|| "n/a".to_owned(), |db| format!("{db:.1} dB")),
        t20,
        t50,
        t100,
        remarks(channel),
    ]
}

/// What was found of bursts that were added, next to what was computed.
fn self_test(session: &Session, out: &mut String) -> std::fmt::Result {
    let Some(test) = &session.self_test else { return Ok(()) };
    let added: u64 = test.rows.iter().map(|r| r.added).sum();
    writeln!(out)?;
    if added == 0 {
        return writeln!(out, "Self-test: no place was quiet enough to add a burst to");
    }
    writeln!(
        out,
        "Self-test: {added} bursts added at quiet places (seed {}); the size found, RMS with 95 % interval:",
        test.seed
    )?;
    let head = ["channel", "burst", "1 time in 2", "9 times in 10", "computed", ""];
    let mut rows = vec![head.map(str::to_owned)];
    rows.extend(test.rows.iter().map(|r| tested(r, session)));
    out.push_str(&aligned(&rows, [true, false, false, false, false, true]));
    Ok(())
}

fn tested(row: &SelfTestRow, session: &Session) -> [String; 6] {
    let noise = session.channels.iter().find(|c| c.name == row.channel).and_then(|c| c.noise_rms);
    // Without a scale sizes are told in units of the noise.
    let unit = if session.source.calibrated { 1.0 } else { noise.unwrap_or(f64::NAN) };
    let name = if session.source.calibrated { "µV" } else { "× noise" };
    let size =
        |e: &Estimate| format!("{:.1} {name} ({:.1} to {:.1})", e.value / unit, e.low / unit, e.high / unit);
    let sure = |e: &Option<Estimate>| e.as_ref().map_or_else(|| "n/a".to_owned(), size);
    let why = match row.found_90_rms {
        Some(_) => String::new(),
        None if row.added < 30 => "too few bursts found a quiet place".into(),
        None => format!("{} of {} found", row.found, row.added),
    };
    [
        row.channel.clone(),
        format!("{:.0} ms", row.ms),
        sure(&row.found_half_rms),
        sure(&row.found_90_rms),
        row.computed_90_rms.map_or_else(|| "n/a".to_owned(), |c| format!("{:.1} {name}", c / unit)),
        why,
    ]
}

fn remarks(channel: &ChannelQuality) -> String {
    let mut all = Vec::new();
    if !channel.mains_hz.is_empty() {
        let mut lines = channel.mains_hz.clone();
        lines.sort_by(f64::total_cmp);
        let lines: Vec<String> = lines.iter().map(|hz| format!("{hz:.0}")).collect();
        all.push(format!("mains removed at {} Hz", lines.join(", ")));
    }
    if channel.heart_beats > 0 {
        let rate = channel.heart_per_min.map_or_else(String::new, |rate| format!(" at {rate:.0} a minute"));
        all.push(counted(channel.heart_beats as usize, "heart beat") + &rate);
    }
    if channel.masked_s >= 0.05 {
        all.push(format!("{:.1} s without a valid signal", channel.masked_s));
    }
    all.join("; ")
}

fn control(session: &Session, out: &mut String) -> std::fmt::Result {
    if !session.marked {
        return writeln!(out, "  false alarms: not known, because without needle marks nothing is a control");
    }
    let control = &session.control;
    match rate(control.twitches, control.observed_s) {
        Some(r) => writeln!(
            out,
            "  control: {} in the {} without a needle: {:.2} false alarms a minute (95 % interval {:.2} to {:.2})",
            counted(control.twitches as usize, "twitch"),
            watched(control.observed_s),
            r.per_min,
            r.interval.low,
            r.interval.high
        ),
        None => writeln!(out, "  control: none, a needle was in all the time; false alarms cannot be told"),
    }
}

/// Minutes, as a rate is in; seconds below one.
fn watched(s: f64) -> String {
    if s < 60.0 { format!("{s:.1} s") } else { format!("{:.1} min", s / 60.0) }
}
