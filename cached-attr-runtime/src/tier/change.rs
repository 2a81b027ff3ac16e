//! Reports of what changed in the tier.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use tokio::sync::Notify;

use super::key::RecordKey;
use super::target::Tag;
use crate::lock::lock;

/// Something in the tier changed, whoever changed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change<'a> {
    /// The record of a key, its text in the form of [`Tier::canonical_key`](super::Tier::canonical_key).
    Key(RecordKey<'a>),
    /// Records with this tag whose version's `seq` is below this one are invalid.
    Tag(Tag<'a>, u64),
    /// The same for the records of a function.
    Function(&'a str, u64),
    /// Every record may have changed, or changes were missed.
    Everything,
}

/// Is called with each change.
pub trait ChangeListener: Send + Sync {
    /// Removes the copies that the change names, and keeps what was read before it from being kept.
    ///
    /// It is called where the tier reads its connection: it must not block.
    fn changed(&self, change: Change<'_>);
}

type Watched = HashMap<(Box<str>, Box<str>), Weak<Notify>>;

/// Everyone to whom changes are reported.
#[derive(Default)]
pub struct Changes {
    listeners: Mutex<Vec<Arc<dyn ChangeListener>>>,
    watched: Mutex<Watched>,
}

impl Changes {
    /// Nobody yet.
    #[must_use]
    pub fn new() -> Self {
        Changes::default()
    }

    /// Adds a listener, for the life of the tier.
    pub fn listen(&self, listener: Arc<dyn ChangeListener>) {
        lock(&self.listeners).push(listener);
    }

    /// Watches one key, its text in the canonical form.
    ///
    /// Changes count from now on: watch first, then read.
    #[must_use]
    pub fn watch(&self, key: RecordKey<'_>) -> Watch {
        let mut watched = lock(&self.watched);
        if watched.len() >= 64 && watched.len().is_power_of_two() {
            watched.retain(|_, watch| watch.strong_count() > 0);
        }
        let slot = watched
            .entry((key.name.into(), key.key.into()))
            .or_default();
        let notify = slot.upgrade().unwrap_or_else(|| {
            let notify = Arc::new(Notify::new());
            *slot = Arc::downgrade(&notify);
            notify
        });
        Watch(Box::pin(notify.notified_owned()))
    }

    /// Reports a change to every listener and every watcher that it concerns.
    pub fn report(&self, change: Change<'_>) {
        let listeners = lock(&self.listeners).clone();
        for listener in listeners {
            listener.changed(change);
        }
        let mut watched = lock(&self.watched);
        if let Change::Key(key) = change {
            // The table is empty but for the keys that somebody waits for at this moment.
            if watched.is_empty() {
                return;
            }
            let notify = watched.remove(&(key.name.into(), key.key.into()));
            wake(notify);
        } else {
            for (_, notify) in watched.drain() {
                wake(Some(notify));
            }
        }
    }
}

fn wake(notify: Option<Weak<Notify>>) {
    if let Some(notify) = notify.and_then(|notify| notify.upgrade()) {
        notify.notify_waiters();
    }
}

impl fmt::Debug for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changes").finish_non_exhaustive()
    }
}

/// Waits for a change of one key.
pub struct Watch(std::pin::Pin<Box<tokio::sync::futures::OwnedNotified>>);

impl Watch {
    /// Waits until the key changes, at most this long. Whether it changed.
    ///
    /// Cancel safe: dropping the future ends the watch.
    pub async fn changed(self, at_most: Duration) -> bool {
        tokio::time::timeout(at_most, self.0).await.is_ok()
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: RecordKey<'static> = RecordKey {
        name: "script",
        key: "LOQ",
    };

    #[tokio::test]
    async fn a_change_before_the_wait_is_not_missed() {
        let changes = Changes::new();
        let watch = changes.watch(KEY);
        let second = changes.watch(KEY);
        changes.report(Change::Key(KEY));
        assert!(watch.changed(Duration::from_millis(1)).await);
        assert!(second.changed(Duration::from_millis(1)).await);
        assert!(changes.watched.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn another_key_does_not_end_a_wait_and_everything_does() {
        let changes = Changes::new();
        let other = RecordKey { key: "MARI", ..KEY };
        let watch = changes.watch(KEY);
        changes.report(Change::Key(other));
        assert!(!watch.changed(Duration::from_millis(1)).await);
        let watch = changes.watch(KEY);
        changes.report(Change::Everything);
        assert!(watch.changed(Duration::from_millis(1)).await);
    }

    #[test]
    fn watches_that_ended_do_not_pile_up() {
        let changes = Changes::new();
        for number in 0..1_000 {
            let key = number.to_string();
            drop(changes.watch(RecordKey {
                name: "script",
                key: &key,
            }));
        }
        assert!(changes.watched.lock().unwrap().len() <= 64);
    }
}
