#!/bin/sh
# Makes both sets: sets.sh FOLDER, run in the repository, after `cargo build --release --bins --examples`.
# The half-real one needs $TWITCHSCOPE_SHARED/recordings.
set -eu
to=$1
bin=${CARGO_TARGET_DIR:-target}/release
scenarios="quiet-10db quiet-6db clear ecg mains-50 mains-60 mains-drift pistoning pops efforts
floor-steps floor-wander clipping four-channels fast session rate-250 rate-500
rest-quiet rest-dirty"
# Seeds that nothing was tuned on.
for scenario in $scenarios; do
    for seed in 9001 9002 9003; do
        "$bin/twitchscope" simulate --scenario "$scenario" --seed $seed --out "$to/simulated" --force >/dev/null 2>&1
    done
done
"$bin/examples/half_real" --first 9000 --seeds 2 --write "$to/half-real" >/dev/null
