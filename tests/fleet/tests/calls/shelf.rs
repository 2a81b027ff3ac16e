//! What batches load from: a source that counts its bodies and the loads of each item.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use cached_attr::cached;
use tokio::sync::{Notify, Semaphore};

use crate::support::{Down, Node, eventually, ms};

pub(crate) type Prices = Result<HashMap<u32, String>, Down>;

/// Every item has a value but those from 1 000 on; it is the same until it is set.
#[derive(Default)]
pub(crate) struct Shelf {
    versions: Mutex<HashMap<u32, u32>>,
    bodies: Mutex<Vec<Vec<u32>>>,
    is_down: AtomicBool,
    gate: Mutex<Option<Arc<Semaphore>>>,
    pub(crate) begun: Notify,
}

impl Shelf {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Gives an item its next value.
    pub(crate) fn change(&self, item: u32) {
        *self.versions.lock().unwrap().entry(item).or_default() += 1;
    }

    pub(crate) fn set_down(&self, is_down: bool) {
        self.is_down.store(is_down, Ordering::SeqCst);
    }

    /// From now on bodies wait for permits.
    pub(crate) fn close_gate(&self) -> Arc<Semaphore> {
        let gate = Arc::new(Semaphore::new(0));
        *self.gate.lock().unwrap() = Some(Arc::clone(&gate));
        gate
    }

    /// The items of each body so far, sorted.
    pub(crate) fn bodies(&self) -> Vec<Vec<u32>> {
        self.bodies.lock().unwrap().clone()
    }

    /// How often each item was loaded.
    pub(crate) fn loads(&self) -> BTreeMap<u32, u32> {
        let mut loads = BTreeMap::new();
        for item in self.bodies().concat() {
            *loads.entry(item).or_default() += 1;
        }
        loads
    }

    /// Reads the values, then waits at the gate.
    pub(crate) async fn load(&self, items: &[u32]) -> Prices {
        let mut sorted = items.to_vec();
        sorted.sort_unstable();
        self.bodies.lock().unwrap().push(sorted);
        let values = items.iter().filter(|item| **item < 1_000);
        let values = values.map(|item| (*item, self.value(*item))).collect();
        let gate = self.gate.lock().unwrap().clone();
        self.begun.notify_one();
        match gate {
            Some(gate) => gate.acquire().await.expect("a gate").forget(),
            None => tokio::task::yield_now().await,
        }
        if self.is_down.load(Ordering::SeqCst) {
            return Err(Down);
        }
        Ok(values)
    }

    pub(crate) fn version(&self, item: u32) -> u32 {
        let versions = self.versions.lock().unwrap();
        versions.get(&item).copied().unwrap_or(0)
    }

    pub(crate) fn value(&self, item: u32) -> String {
        format!("{item} at {}", self.version(item))
    }

    /// What a batch of these answers now.
    pub(crate) fn values(&self, items: &[u32]) -> Prices {
        Ok(items
            .iter()
            .map(|item| (*item, self.value(*item)))
            .collect())
    }
}

#[cached(ttl = "1m", batch = ids, shared, name = "batches.prices", tags = ["item:{ids}"], skip(shelf))]
pub(crate) async fn prices(shelf: Arc<Shelf>, ids: Vec<u32>) -> Result<HashMap<u32, String>, Down> {
    shelf.load(&ids).await
}

#[cached(
    ttl = "1m",
    batch = ids,
    shared,
    local_ttl = "0",
    name = "batches.strict",
    skip(shelf)
)]
pub(crate) async fn strict(shelf: Arc<Shelf>, ids: Vec<u32>) -> Result<HashMap<u32, String>, Down> {
    shelf.load(&ids).await
}

/// The same records, one at a time.
pub(crate) mod single {
    use super::{Arc, Down, Shelf, cached};

    #[cached(
        ttl = "1m",
        shared,
        name = "batches.prices",
        tags = ["item:{id}"],
        skip(shelf)
    )]
    pub(crate) async fn price(shelf: Arc<Shelf>, id: u32) -> Result<String, Down> {
        let mut map = shelf.load(&[id]).await?;
        map.remove(&id).ok_or(Down)
    }
}

/// Begins a batch that loads, and lets the pushes of its leases arrive.
pub(crate) async fn begin_batch(
    node: &Node,
    shelf: &Shelf,
    batch: impl Future<Output = Prices> + Send + 'static,
) -> tokio::task::JoinHandle<Prices> {
    let begun = shelf.bodies().len();
    let running = tokio::spawn(node.replica.run(batch));
    eventually("a body", async || shelf.bodies().len() > begun).await;
    tokio::time::sleep(ms(50)).await;
    running
}
