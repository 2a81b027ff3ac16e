//! Interleaved rounds: a noisy neighbour troubles every contender alike, and the median forgets it.

use crate::table::Column;

/// Something to be timed: its column, and one timed run that returns a number.
pub type Lane = (Column, Box<dyn FnMut() -> f64>);

/// Runs every lane once a round, each round beginning with another one, and takes the medians.
#[must_use]
pub fn medians(mut lanes: Vec<Lane>, rounds: usize) -> Vec<(Column, f64)> {
    let mut samples = vec![Vec::with_capacity(rounds); lanes.len()];
    let count = lanes.len();
    for (_, run) in &mut lanes {
        run();
    }
    for round in 0..rounds {
        for turn in 0..count {
            let lane = (round + turn) % count;
            samples[lane].push(lanes[lane].1());
        }
    }
    lanes
        .iter()
        .zip(samples)
        .map(|((column, _), samples)| (*column, median(samples)))
        .collect()
}

fn median(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}
