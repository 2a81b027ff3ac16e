//! Loads in the background: `stale_while_revalidate`, `refresh_ahead`, `timeout`, `soft_timeout`.

#![allow(
    clippy::items_after_statements,
    reason = "a cached function stands where its test uses it"
)]

mod ahead;
mod crowds;
mod errors;
mod nested;
mod owned;
mod panics;
mod races;
mod revalidate;
mod runtimes;
mod soft;
mod timeout;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cached_attr::TimedOut;
use cached_attr_tests::Source;

const SECOND: Duration = Duration::from_secs(1);
const MILLISECOND: Duration = Duration::from_millis(1);

/// A millisecond less.
const fn almost(time: Duration) -> Duration {
    time.saturating_sub(MILLISECOND)
}

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

/// How a source answers.
#[derive(Clone, Copy, Debug, Default)]
struct Manner {
    takes: Duration,
    fails: bool,
    panics: bool,
}

/// A source that can be slow or fail; a clone is the same source. Each answer is how often it was asked.
#[derive(Clone, Debug, Default)]
struct Shop(Arc<(Source, Mutex<Manner>)>);

impl Shop {
    fn new() -> Self {
        Shop::default()
    }

    /// How it answers from now on.
    fn becomes(&self, manner: Manner) {
        *self.0.1.lock().unwrap_or_else(PoisonError::into_inner) = manner;
    }

    fn slow(&self, takes: Duration) {
        self.becomes(Manner {
            takes,
            ..Manner::default()
        });
    }

    async fn ask(&self) -> Result<u32, Fault> {
        let answer = self.0.0.ask();
        let manner = *self.0.1.lock().unwrap_or_else(PoisonError::into_inner);
        if !manner.takes.is_zero() {
            tokio::time::sleep(manner.takes).await;
        }
        assert!(!manner.panics, "the source panics");
        if manner.fails {
            Err(Fault::Down)
        } else {
            Ok(answer)
        }
    }

    fn asked(&self) -> u32 {
        self.0.0.asked()
    }
}

/// Lets what was spawned run until it waits for time to pass.
async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}
