//! The field's numbers for each twitch, in the table as a person reads it.

mod terminal;

use terminal::Desk;

/// The cells of one column of a table, by its name.
fn column(table: &str, name: &str) -> Vec<String> {
    let place = table.lines().next().unwrap().split('\t').position(|n| n == name).unwrap();
    table.lines().skip(1).map(|row| row.split('\t').nth(place).unwrap().to_owned()).collect()
}

fn twitches(recording: &str) -> String {
    let desk = Desk::new();
    desk.run(&format!("analyze samples/{recording}.wav --out r --no-figures")).succeeds();
    String::from_utf8(desk.read(&format!("r/{recording}_twitches.tsv"))).unwrap()
}

#[test]
fn density_is_discharges_over_duration() {
    let table = twitches("four-insertions");
    let numbers = |name| column(&table, name).into_iter().map(|c| c.parse::<f64>().unwrap());
    let all: Vec<_> =
        numbers("discharges").zip(numbers("duration")).zip(numbers("discharge_density")).collect();
    assert!(all.len() > 30);
    for ((discharges, duration), density) in all {
        assert!((density - discharges / duration).abs() < 0.01, "{discharges} in {duration} s: {density}");
    }
}

#[test]
fn the_interval_is_from_onset_to_onset_within_an_insertion() {
    let table = twitches("four-insertions");
    let (onsets, orders) = (column(&table, "onset"), column(&table, "order"));
    let onset = |n: usize| onsets[n].parse::<f64>().unwrap();
    let (mut firsts, mut later) = (0, 0);
    for (n, interval) in column(&table, "interval").iter().enumerate() {
        if orders[n] == "1" || orders[n] == "n/a" {
            assert_eq!(interval, "n/a", "twitch {n}");
            firsts += 1;
        } else {
            let interval: f64 = interval.parse().unwrap();
            assert!((interval - (onset(n) - onset(n - 1))).abs() < 2e-6, "twitch {n}: {interval}");
            later += 1;
        }
    }
    assert!(firsts >= 4 && later > 25, "{firsts} {later}");
}

#[test]
fn the_columns_of_the_contract_come_first() {
    let table = twitches("rest");
    let contract = "onset duration trial_type channel insertion dwell order peak_uv rms_uv snr_db discharges";
    assert!(table.starts_with(&contract.replace(' ', "\t")), "{table}");
}
