//! `stale_if_error`: an old answer stands in when the load fails.

#![allow(
    clippy::items_after_statements,
    reason = "a cached function stands where its test uses it"
)]

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use cached_attr_tests::Source;

mod judged;
mod lifetimes;
mod pauses;
mod remembered;
mod strict;
mod told;
mod window;

const SECOND: Duration = Duration::from_secs(1);
const MILLISECOND: Duration = Duration::from_millis(1);

/// A millisecond less.
const fn almost(time: Duration) -> Duration {
    time.saturating_sub(MILLISECOND)
}

#[derive(Clone, Debug, PartialEq)]
enum Fault {
    Down,
    Missing,
}

/// A source that can fail. Each answer tells how often it was asked.
struct Shop {
    source: Source,
    fault: Mutex<Option<Fault>>,
}

impl Shop {
    const fn new() -> Self {
        Shop {
            source: Source::new(),
            fault: Mutex::new(None),
        }
    }

    /// From now on it fails with this, or not at all.
    fn becomes(&self, fault: impl Into<Option<Fault>>) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault.into();
    }

    fn ask(&self) -> Result<u32, Fault> {
        let answer = self.source.ask();
        let fault = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
        fault.clone().map_or(Ok(answer), Err)
    }

    fn asked(&self) -> u32 {
        self.source.asked()
    }
}
