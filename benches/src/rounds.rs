//! Interleaved rounds: a noisy neighbour troubles every contender alike, and the median forgets it.

use crate::table::Column;

/// Something to be timed: its column, and a run of so many calls that says how many nanoseconds each took.
pub type Lane = (Column, Box<dyn FnMut(usize) -> f64>);

/// A run is about this long, whoever runs: less than the slice of a busy machine's scheduler, and as likely to
/// be interrupted for the fast as for the slow.
const NANOS: f64 = 400_000.0;

/// Runs every lane once a round, each round beginning with another one, and takes the medians.
#[must_use]
pub fn medians(mut lanes: Vec<Lane>, rounds: usize) -> Vec<(Column, f64)> {
    let mut samples = vec![Vec::with_capacity(rounds); lanes.len()];
    let count = lanes.len();
    let calls: Vec<usize> = lanes.iter_mut().map(|(_, run)| calls(run)).collect();
    for round in 0..rounds {
        for turn in 0..count {
            let lane = (round + turn) % count;
            samples[lane].push(lanes[lane].1(calls[lane]));
        }
    }
    lanes
        .iter()
        .zip(samples)
        .map(|((column, _), samples)| (*column, median(samples)))
        .collect()
}

/// How many calls make a run.
fn calls(run: &mut dyn FnMut(usize) -> f64) -> usize {
    let each = median((0..9).map(|_| run(200)).collect());
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 50 and 20 000"
    )]
    let calls = (NANOS / each).clamp(50.0, 20_000.0) as usize;
    calls
}

fn median(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}
