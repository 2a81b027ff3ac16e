//! What the server pushes when something changes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use cached_attr_runtime::tier::{Change, RecordKey, Token, Trust};
use redis::{PushInfo, PushKind, Value};
use tokio::sync::Notify;

use crate::core::Core;
use crate::names::Named;

/// The map changed: what, has to be read.
#[derive(Debug, Default)]
pub(crate) struct MapWatch {
    changes: Mutex<u64>,
    changed: Notify,
}

impl MapWatch {
    fn lock(&self) -> MutexGuard<'_, u64> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Suspends copies until the map was read.
    fn change(&self, trust: &Trust) {
        let mut changes = self.lock();
        *changes += 1;
        trust.map_pending();
        drop(changes);
        self.changed.notify_one();
    }

    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Taken before the map is read.
    pub(crate) fn mark(&self) -> u64 {
        *self.lock()
    }

    /// The map was read: copies count again, unless it changed since the mark.
    pub(crate) fn read(&self, mark: u64, trust: &Trust) -> bool {
        let changes = self.lock();
        let is_last = *changes == mark;
        if is_last {
            trust.map_read();
        }
        is_last
    }
}

/// What one connection's pushes say about the connection itself.
#[derive(Debug)]
pub(crate) struct Signals {
    /// The probe whose push is awaited.
    probe: String,
    pub(crate) proven: Notify,
    pub(crate) disconnected: Notify,
}

impl Signals {
    pub(crate) fn new(probe: Token) -> Self {
        Signals {
            probe: probe.to_string(),
            proven: Notify::new(),
            disconnected: Notify::new(),
        }
    }
}

/// The function that a connection calls with each push. It is called where the connection is read, in order with
/// the answers: a heartbeat's answer is behind every push of before it.
pub(crate) fn receiver(
    core: &Arc<Core>,
    signals: &Arc<Signals>,
) -> impl Fn(PushInfo) -> Result<(), ()> + Send + Sync + 'static {
    let core = Arc::downgrade(core);
    let signals = Arc::clone(signals);
    move |push| {
        receive(&core, &signals, &push);
        Ok(())
    }
}

fn receive(core: &Weak<Core>, signals: &Signals, push: &PushInfo) {
    let Some(core) = core.upgrade() else {
        return;
    };
    match push.kind {
        PushKind::Disconnection => signals.disconnected.notify_one(),
        PushKind::Invalidate => {
            core.counters.pushes.add();
            if let Some(Value::Array(keys)) = push.data.first() {
                for key in keys {
                    invalidated(&core, signals, key);
                }
            } else {
                // A flush: the records and the map.
                core.trust.everything_changed();
                core.changes.report(Change::Everything);
                core.map_watch.change(&core.trust);
                core.guards.all_changed(&core);
            }
        }
        _ => {}
    }
}

fn invalidated(core: &Arc<Core>, signals: &Signals, key: &Value) {
    let key = match key {
        Value::BulkString(key) => std::str::from_utf8(key).ok(),
        Value::SimpleString(key) => Some(key.as_str()),
        _ => None,
    };
    // A key that is not UTF-8 is none of ours.
    match key.map(|key| core.names.parse(key)) {
        Some(Named::Record(name, text)) => {
            let key = RecordKey {
                name: &name,
                key: text,
            };
            core.guards.changed(core, key);
            core.changes.report(Change::Key(key));
        }
        Some(Named::Map) => core.map_watch.change(&core.trust),
        Some(Named::Probe(probe)) if probe == signals.probe => signals.proven.notify_one(),
        _ => {}
    }
}
