//! Panics in code that belongs to an item.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};

use cached_attr::cached;
use cached_attr_tests::{Gate, Stepped, poll_once};
use futures_util::FutureExt as _;

static PANICS: AtomicBool = AtomicBool::new(false);

/// The one with number 2 panics in its `Clone`, where that is ordered.
#[derive(Debug, PartialEq)]
struct Value(u32);

impl Clone for Value {
    fn clone(&self) -> Self {
        assert!(
            self.0 != 2 || !PANICS.load(Ordering::SeqCst),
            "`Clone` panics"
        );
        Value(self.0)
    }
}

#[cached(ttl = "1m", batch = ids, skip(gate))]
async fn values(gate: &Gate, ids: Vec<u32>) -> HashMap<u32, Value> {
    gate.pass().await;
    ids.into_iter().map(|id| (id, Value(id))).collect()
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_the_clone_of_a_value_frees_every_key() {
    let gate = Gate::new();
    let mut first = Box::pin(AssertUnwindSafe(values(&gate, vec![1, 2, 3])).catch_unwind());
    assert!(poll_once(first.as_mut()).await.is_none());
    let second = Stepped::begin(values(&gate, vec![2, 3])).await;
    PANICS.store(true, Ordering::SeqCst);
    gate.open();
    assert!(first.await.is_err());
    PANICS.store(false, Ordering::SeqCst);
    assert_eq!(second.finish().await.len(), 2);
    assert_eq!(values(&gate, vec![1, 2, 3]).await[&2], Value(2));
}

static KEYS_PANIC: AtomicBool = AtomicBool::new(false);

/// A key that panics when it is compared, where that is ordered.
#[derive(Clone, Debug)]
struct Key(u32);

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        assert!(
            self.0 != 2 || !KEYS_PANIC.load(Ordering::SeqCst),
            "`Eq` panics"
        );
        self.0 == other.0
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_the_comparison_of_a_key_frees_every_key() {
    #[cached(ttl = "1m", batch = ids, skip(gate))]
    async fn values(gate: &Gate, ids: Vec<Key>) -> HashMap<Key, u32> {
        gate.pass().await;
        ids.into_iter().map(|id| (id.clone(), id.0)).collect()
    }

    let gate = Gate::new();
    let keys = || vec![Key(1), Key(2), Key(3)];
    let mut first = Box::pin(AssertUnwindSafe(values(&gate, keys())).catch_unwind());
    assert!(poll_once(first.as_mut()).await.is_none());
    KEYS_PANIC.store(true, Ordering::SeqCst);
    gate.open();
    assert!(first.await.is_err());
    KEYS_PANIC.store(false, Ordering::SeqCst);
    assert_eq!(values(&gate, keys()).await.len(), 3);
    assert_eq!(values_cache().len(), 3);
}
