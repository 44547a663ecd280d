//! Laws of the simulator.

use twitchscope::simulate::{Contaminant, Kind, SCENARIOS, Simulation, TruthEvent, render, scenario};

fn made(name: &str, seed: u64) -> Simulation {
    render(&scenario(name, seed).unwrap()).unwrap()
}

fn twitches(simulation: &Simulation) -> Vec<TruthEvent> {
    simulation.twitches().cloned().collect()
}

#[test]
fn every_scenario_can_be_rendered_and_is_finite() {
    for s in SCENARIOS {
        let mut recipe = scenario(s.name, 1).unwrap();
        recipe.duration_s = 20.0;
        let simulation = render(&recipe).unwrap();
        assert!(simulation.frames.iter().all(|x| x.is_finite()), "{}", s.name);
        assert_eq!(simulation.frames.ncols(), simulation.format.channels.len());
        assert_eq!(simulation.frames.nrows(), (20.0 * recipe.rate_hz) as usize);
    }
}

#[test]
fn two_runs_of_a_seed_are_identical_and_two_seeds_are_not() {
    let (a, b, c) = (made("session", 5), made("session", 5), made("session", 6));
    assert_eq!(a, b);
    assert_ne!(a.frames, c.frames);
}

#[test]
fn a_contaminant_switched_on_leaves_the_twitches_where_they_were() {
    use Contaminant::*;
    let quiet = made("clear", 3);
    for contaminant in [
        Mains50,
        Mains60,
        MainsDrift,
        Ecg,
        Pistoning,
        Pops,
        Efforts,
        FloorSteps,
        FloorWander,
        Clipping,
        Knocks,
    ] {
        let mut recipe = scenario("clear", 3).unwrap();
        contaminant.add_to(&mut recipe);
        let dirty = render(&recipe).unwrap();
        assert_eq!(twitches(&dirty), twitches(&quiet), "{contaminant:?}");
        assert_ne!(dirty.frames, quiet.frames, "{contaminant:?}");
    }
}

#[test]
fn truth_lies_in_the_insertions() {
    for seed in 0..5 {
        let simulation = made("session", seed);
        assert!(simulation.twitches().count() > 10);
        for twitch in simulation.twitches() {
            let dwell = simulation.insertions[twitch.insertion.unwrap()].span();
            assert_eq!(dwell.overlap(twitch.span), twitch.span.len());
        }
    }
}

#[test]
fn without_twitches_there_is_none_and_the_contaminant_stays() {
    let only = made("ecg-only", 4);
    assert_eq!(only.twitches().count(), 0);
    assert!(only.truth.iter().filter(|t| t.kind == Kind::Ecg).count() > 100);
}
