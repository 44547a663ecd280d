//! What a person reads on the terminal after an analysis.

use std::fmt::Write;

use twitchscope::analysis::count;
use twitchscope::detect::Class;
use twitchscope::session::{ChannelQuality, InsertionRecord, Session};
use twitchscope::statistics::rate;

/// Insertions are listed up to this many; more are summed up.
const LISTED: usize = 40;

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
        "{}: {}, {} of {}, {} at {} Hz",
        source.name,
        source.format,
        time(source.duration_s),
        if source.calibrated { "µV" } else { "unknown scale" },
        plural(session.channels.len(), "channel"),
        source.sampling_frequency_hz
    )?;
    insertions(session, out)?;
    candidates(session, out)?;
    visibility(session, out)?;
    control(session, out)?;
    for warning in &session.warnings {
        writeln!(out, "warning: {warning}")?;
    }
    Ok(())
}

fn insertions(session: &Session, out: &mut String) -> std::fmt::Result {
    let total: usize = session.insertions.iter().map(|i| i.twitches.len()).sum();
    writeln!(out)?;
    if session.marked {
        let needles = plural(session.insertions.len(), "insertion");
        writeln!(out, "{} in {needles}:", plural(total, "twitch"))?;
    } else {
        writeln!(
            out,
            "{} in the whole recording, taken as one dwell (no needle marks):",
            plural(total, "twitch")
        )?;
    }
    writeln!(
        out,
        "  insertion            dwell  observed  twitches  per min (95 % interval)   first    last"
    )?;
    for (n, insertion) in session.insertions.iter().enumerate().take(LISTED) {
        row(n + 1, insertion, out)?;
    }
    if session.insertions.len() > LISTED {
        writeln!(out, "  and {} more: see the table", session.insertions.len() - LISTED)?;
    }
    Ok(())
}

fn row(number: usize, i: &InsertionRecord, out: &mut String) -> std::fmt::Result {
    let label = i.label.as_deref().unwrap_or("");
    let label: String = format!("{number} {label}").chars().take(17).collect();
    let rate = rate(i.twitches.len() as u64, i.observed);
    let rate = rate.map_or_else(
        || "n/a".to_owned(),
        |r| format!("{:.1} ({:.1} to {:.1})", r.per_min, r.interval.low, r.interval.high),
    );
    let moment = |t: Option<&f64>| t.map_or_else(|| "–".to_owned(), |t| format!("{t:.1} s"));
    writeln!(
        out,
        "  {label:<17} {:>7.1} s {:>7.1} s  {:>8}  {rate:<24} {:>7} {:>7}{}",
        i.dwell,
        i.observed,
        i.twitches.len(),
        moment(i.twitches.first()),
        moment(i.twitches.last()),
        if i.still_in && i.label.as_deref() != Some("whole recording") {
            "  still in at the end"
        } else {
            ""
        }
    )
}

fn candidates(session: &Session, out: &mut String) -> std::fmt::Result {
    let rejected = [
        Class::Ecg,
        Class::Movement,
        Class::Pop,
        Class::Mains,
        Class::Effort,
        Class::Clipped,
        Class::Uncertain,
    ];
    let told: Vec<String> = rejected
        .into_iter()
        .map(|class| (class, count(session, class)))
        .filter(|(_, n)| *n > 0)
        .map(|(class, n)| format!("{n} {}", class.name()))
        .collect();
    if !told.is_empty() {
        writeln!(out, "  set aside: {}", told.join(", "))?;
    }
    Ok(())
}

/// What could have been seen: no count is told without it.
fn visibility(session: &Session, out: &mut String) -> std::fmt::Result {
    writeln!(out)?;
    writeln!(
        out,
        "What could be seen, at a budget of {} false alarms a minute and channel:",
        session.settings.false_alarms_per_min
    )?;
    for channel in &session.channels {
        writeln!(out, "  {}: {}", channel.name, seen(channel, session.source.calibrated))?;
    }
    Ok(())
}

fn seen(channel: &ChannelQuality, calibrated: bool) -> String {
    let (Some(noise), Some([t20, t50, t100])) = (channel.noise_rms, channel.smallest_rms) else {
        return "nothing: too little signal for a noise floor".into();
    };
    let threshold = channel.threshold_db.unwrap_or_default();
    let mut text = if calibrated {
        format!(
            "noise {noise:.1} µV RMS, threshold {threshold:.1} dB over it; smallest burst found with 90 %: {t20:.1} µV RMS for 20 ms, {t50:.1} for 50, {t100:.1} for 100"
        )
    } else {
        format!(
            "threshold {threshold:.1} dB over the noise; smallest burst found with 90 %: {:.1} times the noise RMS for 20 ms, {:.1} for 50, {:.1} for 100",
            t20 / noise,
            t50 / noise,
            t100 / noise
        )
    };
    if !channel.mains_hz.is_empty() {
        let lines: Vec<String> = channel.mains_hz.iter().map(|hz| format!("{hz:.1}")).collect();
        text += &format!("; mains removed at {} Hz", lines.join(", "));
    }
    if channel.heart_beats > 0 {
        text += &format!("; {}", plural(channel.heart_beats as usize, "heart beat"));
    }
    if channel.masked_s > 0.0 {
        text += &format!("; {:.1} s without a valid signal", channel.masked_s);
    }
    text
}

fn control(session: &Session, out: &mut String) -> std::fmt::Result {
    if !session.marked {
        return Ok(());
    }
    let control = &session.control;
    match rate(control.twitches, control.observed_s) {
        Some(r) => writeln!(
            out,
            "Control: {} while no needle was in ({:.1} s): {:.1} a minute ({:.1} to {:.1})",
            plural(control.twitches as usize, "twitch"),
            control.observed_s,
            r.per_min,
            r.interval.low,
            r.interval.high
        ),
        None => writeln!(out, "Control: a needle was in all the time, so false alarms cannot be told"),
    }
}

fn time(s: f64) -> String {
    let whole = s.round() as u64;
    match whole {
        0..120 => format!("{s:.1} s"),
        120..7200 => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{} h {} min", whole / 3600, whole / 60 % 60),
    }
}

fn plural(n: usize, one: &str) -> String {
    match (n, one.ends_with("ch")) {
        (1, _) => format!("1 {one}"),
        (_, true) => format!("{n} {one}es"),
        (_, false) => format!("{n} {one}s"),
    }
}
