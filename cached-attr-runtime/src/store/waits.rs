//! Who waits for whom: a wait that would close a cycle is not begun.
//!
//! A load that awaits another cached call waits for that call's flight. Each flight records what its load
//! waits for; a new wait is refused when the awaited flight already, through others, waits for this one. All
//! of this happens only where loads are nested, so one lock for the process serves.

use std::sync::{Arc, Mutex, PoisonError};

use super::flight::Flight;

/// What one flight's load waits for at the moment: several at once where it joins futures.
#[derive(Default)]
pub(crate) struct Waits(Mutex<Vec<Arc<Flight>>>);

impl Waits {
    fn list(&self) -> std::sync::MutexGuard<'_, Vec<Arc<Flight>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

static GRAPH: Mutex<()> = Mutex::new(());

/// A recorded wait; dropping it ends the record.
pub(crate) struct Wait {
    from: Arc<Flight>,
    to: Arc<Flight>,
}

impl Wait {
    /// Records that `from`'s load waits for `to`; `None` where that would close a cycle.
    pub(crate) fn begin(from: &Arc<Flight>, to: &Arc<Flight>) -> Option<Wait> {
        let _graph = GRAPH.lock().unwrap_or_else(PoisonError::into_inner);
        if reaches(to, from) {
            return None;
        }
        from.waits.list().push(Arc::clone(to));
        Some(Wait {
            from: Arc::clone(from),
            to: Arc::clone(to),
        })
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        let _graph = GRAPH.lock().unwrap_or_else(PoisonError::into_inner);
        let mut list = self.from.waits.list();
        if let Some(at) = list.iter().position(|flight| Arc::ptr_eq(flight, &self.to)) {
            list.swap_remove(at);
        }
    }
}

/// Whether `from` is `goal`, or waits for it through others.
fn reaches(from: &Arc<Flight>, goal: &Arc<Flight>) -> bool {
    let mut seen: Vec<Arc<Flight>> = Vec::new();
    let mut next = vec![Arc::clone(from)];
    while let Some(flight) = next.pop() {
        if Arc::ptr_eq(&flight, goal) {
            return true;
        }
        if !seen.iter().any(|known| Arc::ptr_eq(known, &flight)) {
            next.extend(flight.waits.list().iter().cloned());
            seen.push(flight);
        }
    }
    false
}
