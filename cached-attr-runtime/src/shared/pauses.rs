//! `retry_after` in the tier: which stale records stand in for a source that has failed a moment ago.
//!
//! A pause belongs to a record, as in memory it belongs to an entry: another record ends it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::clock;
use crate::tier::Token;

/// The records whose source is left alone, by the token that filled them, with the end of that.
#[derive(Default)]
pub(crate) struct Pauses {
    any: AtomicBool,
    until: Mutex<HashMap<Token, u64>>,
}

impl Pauses {
    /// Whether there may be one at all.
    pub(crate) fn any(&self) -> bool {
        self.any.load(Ordering::Relaxed)
    }

    /// Leaves the source of a record alone for so many nanoseconds.
    pub(crate) fn begin(&self, record: Token, nanos: u64) {
        let now = clock::precise().mono;
        let mut until = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        until.retain(|_, until| now < *until);
        until.insert(record, now.saturating_add(nanos));
        self.any.store(true, Ordering::Relaxed);
    }

    pub(crate) fn has(&self, record: Token) -> bool {
        let now = clock::precise().mono;
        let mut until = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        until.retain(|_, until| now < *until);
        self.any.store(!until.is_empty(), Ordering::Relaxed);
        until.contains_key(&record)
    }
}
