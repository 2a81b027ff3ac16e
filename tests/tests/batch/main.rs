//! `batch`: one call for many keys, one load for those that are missing.

#![allow(
    clippy::items_after_statements,
    reason = "a cached function stands where its test uses it"
)]

mod absent;
mod failures;
mod forms;
mod joined;
mod keys;
mod lookups;
mod one_task;
mod overlapping;
mod panics;
mod races;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use cached_attr::TimedOut;

const SECOND: Duration = Duration::from_secs(1);

#[derive(Clone, Debug, PartialEq)]
enum Fault {
    Down,
    Slow(TimedOut),
}

impl From<TimedOut> for Fault {
    fn from(error: TimedOut) -> Self {
        Fault::Slow(error)
    }
}

/// A source that records what it was asked for. It has ten times each number below a hundred.
#[derive(Debug, Default)]
struct Shop {
    asked: Mutex<Vec<Vec<u32>>>,
    fails: Mutex<bool>,
    takes: Mutex<Duration>,
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shop {
    fn new() -> Self {
        Shop::default()
    }

    fn fails(&self, fails: bool) {
        *lock(&self.fails) = fails;
    }

    fn takes(&self, takes: Duration) {
        *lock(&self.takes) = takes;
    }

    async fn prices(&self, ids: Vec<u32>) -> Result<HashMap<u32, u32>, Fault> {
        lock(&self.asked).push(ids.clone());
        let takes = *lock(&self.takes);
        if !takes.is_zero() {
            tokio::time::sleep(takes).await;
        }
        if *lock(&self.fails) {
            return Err(Fault::Down);
        }
        Ok(ids
            .into_iter()
            .filter(|id| *id < 100)
            .map(|id| (id, id * 10))
            .collect())
    }

    /// What it was asked for, in order.
    fn asked(&self) -> Vec<Vec<u32>> {
        let mut asked = lock(&self.asked).clone();
        for ids in &mut asked {
            ids.sort_unstable();
        }
        asked
    }
}

/// In order, for comparisons.
fn sorted(map: Result<HashMap<u32, u32>, Fault>) -> Vec<(u32, u32)> {
    let map: BTreeMap<_, _> = map.expect("no fault").into_iter().collect();
    map.into_iter().collect()
}
