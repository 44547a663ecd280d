//! What each number is called, for people.

use crate::study::Finding;

/// The name of a finding in plain words; its own name for one that is not known here.
pub fn label(finding: &Finding) -> &'static str {
    LABELS.iter().find(|(name, _)| *name == finding.name).map_or(finding.name, |(_, label)| label)
}

/// By the names that tables have.
const LABELS: [(&str, &str); 27] = [
    ("rate_exact", "Rate"),
    ("rate_by_subject", "Rate, for people like these"),
    ("dispersion", "Spread of the counts"),
    ("mean_count_at_common_dwell", "Twitches of an insertion"),
    ("laplace", "Laplace's number"),
    ("laplace_p", "Laplace's test"),
    ("left_after_min", "Change of the rate"),
    ("time_constant", "Time constant"),
    ("power_law_shape", "Exponent of the power law"),
    ("half_by", "Half of all twitches"),
    ("ninety_percent_by", "Nine in ten of all twitches"),
    ("first_twitch_median", "First twitch"),
    ("since_last_median", "Silence before needle out"),
    ("exhausted_share", "Insertions that fell silent"),
    ("second_to_first_peak", "Second twitch over the first"),
    ("third_to_first_peak", "Third twitch over the first"),
    ("rate_above_floor", "Rate of large twitches"),
    ("left_after_min_above_floor", "Change of that rate"),
    ("rate_at_80_percent", "At 80 % of the threshold"),
    ("rate_at_120_percent", "At 120 % of the threshold"),
    ("rate_common_dwell", "Cut to a common dwell"),
    ("left_after_min_common_dwell", "Change of the rate, cut to a common dwell"),
    ("false_alarms", "False alarms"),
    ("rate_less_false_alarms", "Rate less false alarms"),
    ("rate_ratio", "Rate ratio"),
    ("rate_ratio_common_dwell", "Rate ratio, cut to a common dwell"),
    ("alpha", "Spread within groups"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::Study;

    #[test]
    fn every_number_has_a_name_that_people_read() {
        let findings = Study::default().findings();
        let all = findings.parts.iter().flat_map(|part| part.findings());
        for finding in all.chain([&findings.comparison.alpha]) {
            assert_ne!(label(finding), finding.name);
        }
    }
}
