//! Sessions made up for the tests of reports: no recording behind them, any shape wanted.
#![allow(dead_code, reason = "each test file uses its own part")]

#[path = "../support/dice.rs"]
mod dice;

use dice::Dice;
use twitchscope::detect::Class;
use twitchscope::session::{
    CandidateRecord, ChannelQuality, Control, InsertionRecord, MaskedSpan, Overview, SCHEMA, Sensitivity,
    Session, SourceInfo, TwitchRecord, Waveform, Waveforms,
};
use twitchscope::settings::Settings;

/// A quiet recording of `duration` seconds with channels `names`: nothing in it.
pub fn quiet(name: &str, duration: f64, names: &[&str]) -> Session {
    let channel = |name: &&str| ChannelQuality {
        name: (*name).into(),
        noise_rms: Some(4.2),
        threshold_db: Some(9.3),
        smallest_rms: Some([18.1, 12.4, 9.8]),
        mains_hz: vec![50.0],
        heart_beats: 0,
        heart_per_min: None,
        masked_s: 0.0,
    };
    let bins = (duration * 25.0).clamp(0.0, 20_000.0) as usize;
    let mut dice = Dice::new(7);
    let mut noise = || (0..bins).map(|_| (8.0 + 6.0 * dice.roll()) as f32).collect::<Vec<f32>>();
    let high: Vec<Vec<f32>> = names.iter().map(|_| noise()).collect();
    let low = high.iter().map(|c| c.iter().rev().map(|v| -v).collect()).collect();
    Session {
        schema: SCHEMA,
        version: "0.1.0".into(),
        source: SourceInfo {
            name: name.into(),
            sha256: "00".repeat(32),
            format: "WAV, 16 bit".into(),
            sampling_frequency_hz: 2000.0,
            frames: (duration * 2000.0) as u64,
            duration_s: duration,
            calibrated: true,
        },
        settings: Settings::default(),
        channels: names.iter().map(channel).collect(),
        marked: true,
        insertions: vec![],
        twitches: vec![],
        candidates: vec![],
        masked: vec![],
        control: Control {
            observed_s: duration,
            twitches: 0,
            per_min: Some(0.0),
            low_per_min: Some(0.0),
            high_per_min: Some(2.5),
        },
        sensitivity: Some(Sensitivity::default()),
        self_test: None,
        notes: vec![],
        review: None,
        warnings: vec![],
        overview: Overview { bin_s: if bins > 0 { duration / bins as f64 } else { 0.04 }, low, high },
        waveforms: Some(Waveforms { sampling_frequency_hz: 2000.0, before: 100, rows: vec![] }),
    }
}

/// Puts a needle in from `onset` for `dwell` seconds, with twitches at `ages` since then.
pub fn insert(session: &mut Session, label: Option<&str>, onset: f64, dwell: f64, ages: &[f64]) {
    let place = session.insertions.len();
    let still_in = onset + dwell >= session.source.duration_s;
    for (n, age) in ages.iter().enumerate() {
        let channel = (place + n) % session.channels.len().max(1);
        let size = (1600.0 / (1.0 + 0.4 * n as f64)).round() / 10.0;
        burst(session, channel, onset + age, 0.12, size as f32);
        session.twitches.push(TwitchRecord {
            onset: onset + age,
            duration: 0.085,
            channel: session.channels.get(channel).map(|c| c.name.clone()).unwrap_or_default(),
            insertion: Some(place),
            dwell: Some(*age),
            order: Some(n as u32 + 1),
            peak_uv: Some(size),
            rms_uv: Some((size * 100.0 / 3.0).round() / 100.0),
            snr_db: 17.25,
            discharges: 4,
            discharge_density: Some(47.059),
            interval: n.checked_sub(1).map(|before| age - ages[before]),
        });
        waveform(session, onset + age, size as f32);
        let twitch = session.twitches[session.twitches.len() - 1].clone();
        session.candidates.push(CandidateRecord {
            onset: twitch.onset,
            duration: twitch.duration,
            class: Class::Twitch,
            channel: twitch.channel,
            reason: "a short burst of motor units".into(),
            snr_db: twitch.snr_db,
        });
    }
    session.insertions.push(InsertionRecord {
        onset,
        dwell,
        label: label.map(str::to_owned),
        still_in,
        observed: dwell,
        twitches: ages.to_vec(),
        masked: vec![],
        sensitivity: Some(sensitivity(ages, dwell)),
    });
    let totals = session.sensitivity.get_or_insert_default();
    if let Some(record) = &session.insertions[place].sensitivity {
        totals.at_80.twitches += record.at_80.len() as u64;
        totals.at_120.twitches += record.at_120.len() as u64;
    }
    session.twitches.sort_by(|a, b| a.onset.total_cmp(&b.onset));
}

/// Keeps a waveform of the twitch at `onset`, while there is room for one.
fn waveform(session: &mut Session, onset: f64, size: f32) {
    let Some(waveforms) = session.waveforms.as_mut().filter(|w| w.rows.len() < 24) else { return };
    let mut dice = Dice::new(onset.to_bits());
    let samples = (0..500).map(|n| {
        let age = (n as f32 - 100.0) / 170.0;
        let burst = if (0.0..1.0).contains(&age) { size * (3.0 * age * (1.0 - age)) } else { 4.0 };
        (burst * (2.0 * dice.roll() as f32 - 1.0) * 10.0).round() / 10.0
    });
    waveforms.rows.push(Waveform { onset, samples: samples.collect() });
}

/// One twitch more in every four at 80 % of the threshold, one in five less at 120 %.
fn sensitivity(ages: &[f64], dwell: f64) -> Sensitivity<Vec<f64>> {
    let mut at_80 = ages.to_vec();
    at_80.extend(ages.iter().skip(1).step_by(4).map(|age| (5e3 * (age + dwell)).round() / 1e4));
    at_80.sort_by(f64::total_cmp);
    let kept = ages.iter().enumerate().filter(|(n, _)| n % 5 != 3);
    Sensitivity { at_80, at_120: kept.map(|(_, age)| *age).collect() }
}

/// Something that was found and rejected.
pub fn reject(session: &mut Session, class: Class, channel: usize, onset: f64, duration: f64) {
    burst(session, channel, onset, duration, 60.0);
    let channel = session.channels[channel].name.clone();
    let reason = "for a reason".into();
    session.candidates.push(CandidateRecord { onset, duration, class, channel, reason, snr_db: 11.5 });
    session.candidates.sort_by(|a, b| a.onset.total_cmp(&b.onset));
}

/// A span without a valid signal, within `insertion` where one is given.
pub fn mask(session: &mut Session, channel: Option<&str>, onset: f64, duration: f64) {
    let channel = channel.map(str::to_owned);
    session.masked.push(MaskedSpan { onset, duration, channel, reason: "gap".into() });
    for i in &mut session.insertions {
        let (from, to) = ((onset - i.onset).max(0.0), (onset + duration - i.onset).min(i.dwell));
        if to > from {
            i.masked.push([from, to]);
            i.observed -= to - from;
        }
    }
}

/// Raises the outline of `channel` from `onset` for `duration` seconds to ± `size`.
pub fn burst(session: &mut Session, channel: usize, onset: f64, duration: f64, size: f32) {
    let bin_s = session.overview.bin_s;
    let (from, to) = ((onset / bin_s) as usize, ((onset + duration) / bin_s) as usize);
    let Some(high) = session.overview.high.get_mut(channel) else { return };
    for (n, v) in high.iter_mut().enumerate().skip(from).take(to + 1 - from) {
        *v = size * (1.0 - 0.1 * (n % 3) as f32);
        session.overview.low[channel][n] = -size * (1.0 - 0.12 * (n % 2) as f32);
    }
}

/// `insertions` needles one after another, a twitch rate that decays with dwell.
pub fn many(insertions: usize, seed: u64) -> Session {
    let mut dice = Dice::new(seed);
    let mut session = quiet("many.wav", insertions as f64 * 70.0, &["UT"]);
    for n in 0..insertions {
        let dwell = (15_000.0 + 45_000.0 * dice.roll()).round() / 1000.0;
        let mut ages = vec![];
        let mut age = 0.0;
        loop {
            // Exponential gaps whose mean grows with dwell.
            age += -(1.0 - dice.roll()).ln() * (6.0 + age);
            if age >= dwell {
                break;
            }
            ages.push((age * 1e4).round() / 1e4);
        }
        insert(&mut session, None, 5.0 + 70.0 * n as f64, dwell, &ages);
    }
    session
}

/// Two needles, one of which never makes a twitch; a rejected heart beat; a gap.
pub fn small() -> Session {
    let mut session = quiet("small.wav", 40.0, &["UT"]);
    insert(&mut session, Some("site\t1"), 2.0, 20.0, &[1.25, 3.5]);
    insert(&mut session, None, 25.0, 10.0, &[]);
    reject(&mut session, Class::Ecg, 0, 12.0, 0.05);
    mask(&mut session, None, 15.0, 2.0);
    session
}
