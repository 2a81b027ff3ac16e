//! What the behaviours have in common: a source, functions over it, and replicas.

use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cached_attr::testing::Replica;
use cached_attr_fleet::fleet::{Fleet, Line};
use cached_attr_runtime::tier::Tier;
use tokio::sync::{Notify, Semaphore};

pub(crate) const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// What functions load from.
#[derive(Default)]
pub(crate) struct Source {
    value: Mutex<Option<String>>,
    loads: AtomicUsize,
    is_down: AtomicBool,
    /// Loads wait for a permit each, where there is a gate.
    gate: Mutex<Option<Arc<Semaphore>>>,
    /// A load has begun.
    pub(crate) begun: Notify,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Down;

impl Source {
    pub(crate) fn of(value: &str) -> Arc<Self> {
        let source = Source::default();
        source.set(value);
        Arc::new(source)
    }

    pub(crate) fn set(&self, value: &str) {
        *self.value.lock().unwrap() = Some(value.to_owned());
    }

    pub(crate) fn loads(&self) -> usize {
        self.loads.load(Ordering::SeqCst)
    }

    pub(crate) fn set_down(&self, is_down: bool) {
        self.is_down.store(is_down, Ordering::SeqCst);
    }

    /// From now on loads wait for permits.
    pub(crate) fn close_gate(&self) -> Arc<Semaphore> {
        let gate = Arc::new(Semaphore::new(0));
        *self.gate.lock().unwrap() = Some(Arc::clone(&gate));
        gate
    }

    /// Reads the value, then waits at the gate.
    pub(crate) async fn load(&self) -> Result<Option<String>, Down> {
        self.loads.fetch_add(1, Ordering::SeqCst);
        let value = self.value.lock().unwrap().clone();
        let gate = self.gate.lock().unwrap().clone();
        self.begun.notify_one();
        if let Some(gate) = gate {
            gate.acquire().await.expect("a gate").forget();
        }
        if self.is_down.load(Ordering::SeqCst) {
            return Err(Down);
        }
        Ok(value)
    }
}

/// A replica, its tier and its line.
pub(crate) struct Node {
    pub(crate) replica: Replica,
    pub(crate) tier: Arc<dyn Tier>,
    pub(crate) line: Box<dyn Line>,
}

impl Node {
    pub(crate) async fn of(fleet: &dyn Fleet) -> Self {
        let replica = fleet.replica().await;
        Node {
            replica: Replica::of(Arc::clone(&replica.tier)),
            tier: replica.tier,
            line: replica.line,
        }
    }

    pub(crate) async fn run<F: Future>(&self, future: F) -> F::Output {
        self.replica.run(future).await
    }
}

pub(crate) async fn pair(fleet: &dyn Fleet) -> (Node, Node) {
    (Node::of(fleet).await, Node::of(fleet).await)
}

/// Waits until something is so; pushes and background work need a moment.
pub(crate) async fn eventually(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    for _ in 0..300 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(ms(10)).await;
    }
    panic!("not within three seconds: {what}");
}

/// Polls a call until its body has begun.
pub(crate) async fn begin<F: Future>(mut call: Pin<&mut F>, source: &Source) {
    let begun = source.begun.notified();
    let mut begun = pin!(begun);
    std::future::poll_fn(|cx| {
        assert!(call.as_mut().poll(cx).is_pending(), "the gate is closed");
        begun.as_mut().poll(cx)
    })
    .await;
}
