//! Leaders among the tasks of one process, for programs without a tier.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, SystemTime};

use super::Election;
use crate::clock::{self, Stamp, nanos};
use crate::lock::lock;
use crate::tier::Token;

/// The keys that are held, or that were released with a grace.
#[derive(Debug, Default)]
pub(crate) struct Table(Mutex<HashMap<Box<str>, State>>);

#[derive(Debug)]
enum State {
    Held { token: Token, ttl: Duration },
    Done { at: Stamp, grace: u64 },
}

impl State {
    fn is_held_by(&self, by: Token) -> bool {
        matches!(self, State::Held { token, .. } if *token == by)
    }

    /// As a server's `host:pid`; empty during the grace.
    fn holder(&self) -> String {
        match self {
            State::Held { .. } => format!("localhost:{}", std::process::id()),
            State::Done { .. } => String::new(),
        }
    }

    /// How long nobody else leads, if nothing happens; zero once anybody may.
    fn left(&self, now: Stamp) -> Duration {
        match self {
            State::Held { ttl, .. } => *ttl,
            State::Done { at, grace } => {
                Duration::from_nanos(grace.saturating_sub(at.elapsed(now)))
            }
        }
    }
}

impl Table {
    /// What is held stays so until it is released: a holder in this process cannot crash alone.
    pub(super) fn acquire(&self, key: &str, token: Token, ttl: Duration) -> Election {
        let now = clock::precise();
        let mut states = self.lock();
        states.retain(|_, state| !state.left(now).is_zero());
        if let Some(state) = states.get(key) {
            return Election::Lost {
                holder: state.holder(),
                left: state.left(now),
            };
        }
        states.insert(key.into(), State::Held { token, ttl });
        Election::Won { fence: fence() }
    }

    pub(super) fn release(&self, key: &str, token: Token, grace: Duration) {
        let done = State::Done {
            at: clock::precise(),
            grace: nanos(grace),
        };
        let mut states = self.lock();
        if let Some(state) = states.get_mut(key)
            && state.is_held_by(token)
        {
            *state = done;
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Box<str>, State>> {
        lock(&self.0)
    }
}

/// Larger than every earlier one of this process, and of earlier processes as far as the wall clock goes forward.
fn fence() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| u64::try_from(since.as_micros()).unwrap_or(0));
    let next = |last: u64| now.max(last + 1);
    let last = LAST.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| {
        Some(next(last))
    });
    last.map_or(now, next)
}
