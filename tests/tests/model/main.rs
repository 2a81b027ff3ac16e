//! Random programs of calls, invalidations, writes, time, errors and cancellations, step by step beside a model
//! that is simple enough to be right.

#![allow(
    clippy::items_after_statements,
    reason = "a cached function stands where its test uses it"
)]

mod model;
mod program;
mod strict;

use program::Program;

const SEEDS: u64 = 25;
const STEPS: u32 = 2500;

async fn run(seed: u64) {
    let mut program = Program::new(seed);
    for step in 0..STEPS {
        program.step(step).await;
    }
    program.wind_up().await;
}

#[tokio::test(start_paused = true)]
async fn the_cache_does_what_the_model_does() {
    for seed in 0..SEEDS {
        run(seed).await;
    }
}

/// To try one program again: `SEED=7 cargo test -p cached-attr-tests --test model`.
#[tokio::test(start_paused = true)]
async fn another_seed_can_be_asked_for() {
    let seed = std::env::var("SEED")
        .ok()
        .and_then(|seed| seed.parse().ok());
    run(seed.unwrap_or(SEEDS)).await;
}
