//! The trouble a meter can make.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::Semaphore;

use super::ledger;

/// What happens to a request on its way.
#[derive(Clone, Debug)]
pub enum Fault {
    /// It takes longer.
    Delay(Duration),
    /// It is answered with this status and this error code, and does not reach the services.
    Refuse {
        /// The status.
        status: u16,
        /// The error code, as AWS spells it.
        code: &'static str,
    },
    /// The connection breaks in the middle of the answer.
    Cut,
    /// The server's clock shows something else than ours: `Date` is this one.
    ServerClock(SystemTime),
    /// The object says that it was last changed at this time.
    LastModified(SystemTime),
}

/// An answer that stops half-way.
#[derive(Clone, Debug)]
pub struct Hold {
    reached: Arc<Semaphore>,
    released: Arc<Semaphore>,
}

impl Hold {
    fn new() -> Self {
        Self {
            reached: Arc::new(Semaphore::new(0)),
            released: Arc::new(Semaphore::new(0)),
        }
    }

    /// Waits until the first half of the answer has been sent.
    pub async fn reached(&self) {
        // Neither semaphore is ever closed.
        let _ = self.reached.acquire().await;
    }

    /// Lets the second half go.
    pub fn release(&self) {
        self.released.add_permits(1);
    }

    pub(super) async fn stop_here(&self) {
        self.reached.add_permits(1);
        let _ = self.released.acquire().await;
    }
}

#[derive(Debug, Default)]
pub(super) struct Faults {
    lasting: Mutex<Vec<(String, Fault)>>,
    holds: Mutex<Vec<(String, Hold)>>,
}

impl Faults {
    fn lasting(&self) -> MutexGuard<'_, Vec<(String, Fault)>> {
        self.lasting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn holds(&self) -> MutexGuard<'_, Vec<(String, Hold)>> {
        self.holds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add(&self, label: &str, fault: Fault) {
        self.lasting().push((label.to_owned(), fault));
    }

    pub(super) fn hold_next(&self, label: &str) -> Hold {
        let hold = Hold::new();
        self.holds().push((label.to_owned(), hold.clone()));
        hold
    }

    pub(super) fn clear(&self) {
        self.lasting().clear();
    }

    pub(super) fn of(&self, label: &str) -> Vec<Fault> {
        let lasting = self.lasting();
        lasting
            .iter()
            .filter(|(of, _)| ledger::is(label, of))
            .map(|(_, fault)| fault.clone())
            .collect()
    }

    pub(super) fn take_hold(&self, label: &str) -> Option<Hold> {
        let mut holds = self.holds();
        let at = holds.iter().position(|(of, _)| ledger::is(label, of))?;
        Some(holds.remove(at).1)
    }
}
