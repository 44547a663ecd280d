//! What the columns of the tables mean: a file beside each table, as BIDS has it.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::pooled::{STATISTICS, SUMMARY};
use super::tables::{CANDIDATES, INSERTIONS, TWITCHES};
use super::{Error, json};

/// A column, its unit where it has one, and what it is.
type Column = (&'static str, &'static str, &'static str);

/// What stands in front of the rows of a pooled table, and columns that several tables have.
const SHARED: &[Column] = &[
    ("recording", "", "the recording, by its path below the set's folder"),
    ("insertion", "", "number of the insertion in its recording, from 1; n/a outside insertions"),
    ("marked", "", "yes: needle marks came with the recording; no: the whole recording counts as one dwell"),
    ("onset", "s", "where it begins, from the start of the recording"),
    ("duration", "s", "how long it lasts"),
    ("channel", "", "the channel; of a twitch, the one where it is strongest"),
    ("snr_db", "dB", "power of the burst alone over that of the noise floor"),
    ("observed", "s", "dwell less time without a valid signal: the exposure"),
    ("rate_per_min", "1/min", "twitches over observed time"),
    ("rate_low", "1/min", "lower end of the exact 95 % Poisson interval of that rate"),
    ("rate_high", "1/min", "upper end of the exact 95 % Poisson interval of that rate"),
    ("twitches_80", "", "twitches there would be at 80 % of the threshold"),
    ("twitches_120", "", "twitches there would be at 120 % of the threshold"),
    ("control_per_min", "1/min", "false alarms: twitches found while no needle was in"),
    ("control_low", "1/min", "lower end of their exact 95 % Poisson interval"),
    ("control_high", "1/min", "upper end of their exact 95 % Poisson interval"),
    ("control_min", "min", "how long was watched while no needle was in"),
];

const OF_TWITCHES: &[Column] = &[
    ("trial_type", "", "twitch"),
    ("dwell", "s", "time since the needle went in"),
    ("order", "", "number of the twitch in its insertion, from 1"),
    ("peak_uv", "µV", "largest absolute value, 20-450 Hz, mains removed; n/a where the scale is unknown"),
    ("rms_uv", "µV", "RMS from onset to offset, same band; n/a where the scale is unknown"),
    ("discharges", "", "motor-unit discharges that can be told apart"),
    ("discharge_density", "1/s", "discharges over duration"),
    ("interval", "s", "time from the onset of the twitch before in the same insertion"),
];

const OF_CANDIDATES: &[Column] = &[
    (
        "trial_type",
        "",
        "what it was taken for: twitch, ecg, movement, pop, mains, effort, clipped or uncertain",
    ),
    ("reason", "", "why it was taken for that"),
];

const OF_INSERTIONS: &[Column] = &[
    ("label", "", "the needle or site"),
    ("dwell", "s", "needle in to needle out"),
    ("twitches", "", "twitches found in the insertion"),
    ("first_twitch", "s", "the first twitch, since needle in"),
    ("last_twitch", "s", "the last twitch, since needle in"),
];

const OF_SUMMARY: &[Column] = &[
    ("status", "", "done or failed"),
    ("duration", "s", "length of the recording"),
    ("sampling_frequency", "Hz", "samples a second"),
    ("channels", "", "channels that were analysed"),
    ("insertions", "", "how many"),
    ("dwell", "s", "needle in to needle out, all insertions together"),
    ("twitches", "", "twitches within insertions"),
    ("control_twitches", "", "twitches found while no needle was in"),
    ("noise_uv", "µV", "noise floor, RMS, of the channel on which the smallest burst can be found"),
    ("threshold_db", "dB", "threshold over that floor, both energies of 64 ms"),
    (
        "smallest_20ms_uv",
        "µV",
        "detection floor: the smallest burst of 20 ms found 9 times in 10, RMS, there",
    ),
    ("smallest_50ms_uv", "µV", "the same for 50 ms"),
    ("smallest_100ms_uv", "µV", "the same for 100 ms"),
    ("mains_hz", "Hz", "mains lines that were removed, of all channels"),
    ("heart_beats", "", "heart beats that were recognised, on the channel with most"),
    ("masked", "s", "time without a valid signal, on the channel with most"),
    ("sha256", "", "checksum of the recording"),
    ("warnings", "", "what the reader should know, parted by |; of a failed recording, why it failed"),
];

const OF_STATISTICS: &[Column] = &[
    ("name", "", "which number it is"),
    ("group", "", "the group, all for the whole study, A / B for A against B"),
    ("estimate", "", "the number; n/a where the data cannot bear one, and note says why"),
    ("low", "", "lower end of its 95 % interval"),
    ("high", "", "upper end of its 95 % interval"),
    ("unit", "", "the unit of all three"),
    ("n", "", "how many it rests on"),
    ("of", "", "what n counts"),
    ("note", "", "the same as a sentence"),
    ("method", "", "how it was made, with the source"),
];

/// The description files of a set's tables, by name. By the inheritance of BIDS they hold for the
/// tables of each recording, too. `joined` are the columns of the person's own `table`.
///
/// # Errors
/// [`Error::Encode`], which never comes of text.
pub fn descriptions(joined: &[String], table: Option<&str>) -> Result<Vec<(&'static str, String)>, Error> {
    let pooled = |own: &str| format!("recording insertion marked {own}");
    let tables = [
        ("twitches.json", format!("recording {TWITCHES}"), OF_TWITCHES, joined),
        ("insertions.json", pooled(INSERTIONS), OF_INSERTIONS, joined),
        ("candidates.json", CANDIDATES.to_owned(), OF_CANDIDATES, &[]),
        ("summary.json", SUMMARY.to_owned(), OF_SUMMARY, joined),
        ("statistics.json", STATISTICS.to_owned(), OF_STATISTICS, &[]),
    ];
    tables
        .into_iter()
        .map(|(file, columns, own, joined)| {
            let columns = columns.split_whitespace().map(|name| described(name, own));
            let theirs = joined.iter().map(|name| {
                let what = format!("as the table {} has it", table.unwrap_or(UNNAMED));
                (name.clone(), Description { description: what, units: None })
            });
            Ok((file, json(&Columns(columns.chain(theirs).collect()))?))
        })
        .collect()
}

const UNNAMED: &str = "of recordings";

fn described(name: &str, own: &[Column]) -> (String, Description) {
    let found = own.iter().chain(SHARED).find(|(known, ..)| *known == name);
    let (unit, what) = found.map_or(("", ""), |(_, unit, what)| (*unit, *what));
    let units = (!unit.is_empty()).then(|| unit.to_owned());
    (name.to_owned(), Description { description: what.to_owned(), units })
}

#[derive(serde::Serialize)]
struct Description {
    #[serde(rename = "Description")]
    description: String,
    #[serde(rename = "Units", skip_serializing_if = "Option::is_none")]
    units: Option<String>,
}

/// In the order of the table.
struct Columns(Vec<(String, Description)>);

impl Serialize for Columns {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, description) in &self.0 {
            map.serialize_entry(name, description)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_of_every_table_is_described() {
        for (columns, own) in [
            (TWITCHES, OF_TWITCHES),
            (INSERTIONS, OF_INSERTIONS),
            (CANDIDATES, OF_CANDIDATES),
            (SUMMARY, OF_SUMMARY),
            (STATISTICS, OF_STATISTICS),
            ("recording insertion marked", &[]),
        ] {
            for name in columns.split_whitespace() {
                assert!(!described(name, own).1.description.is_empty(), "{name}");
            }
        }
    }
}
