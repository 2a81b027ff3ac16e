//! A server that is stopped under load, and goes on.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use cached_attr::{CacheControlExt as _, CacheStatus, TierReach, cached};
use cached_attr_fleet::redis::{OPERATION_TIMEOUT, RedisFleet, until_trusted};
use cached_attr_fleet::server::Kind;
use tokio::task::JoinSet;

use crate::support::{Down, Node, eventually, ms};

const STOPPED: Duration = Duration::from_secs(3);
const LOAD: Duration = Duration::from_millis(10);
/// So many callers for each replica read what is in memory, and as many read what nobody has read.
const CALLERS: usize = 4;
/// The keys that are invalidated while the server is stopped.
const INVALIDATED: std::ops::Range<u64> = 100..120;

#[cached(ttl = "1m", shared, name = "stopped.script", skip(source))]
async fn script(source: &AtomicU64, id: u64) -> Result<u64, Down> {
    let _ = id;
    let version = source.load(Ordering::SeqCst);
    tokio::time::sleep(LOAD).await;
    Ok(version)
}

/// What a caller saw.
struct Call {
    began: Instant,
    took: Duration,
    is_error: bool,
    status: CacheStatus,
}

struct Service {
    nodes: [Node; 2],
    source: AtomicU64,
    next_id: AtomicU64,
    calls: Mutex<Vec<Call>>,
    is_over: AtomicBool,
}

impl Service {
    async fn call(&self, node: usize, id: u64) -> (Result<u64, Down>, CacheStatus) {
        let call = script(&self.source, id).with_status();
        self.nodes[node].run(call).await
    }

    /// A key that nobody has read.
    fn new_id(&self) -> u64 {
        self.next_id.fetch_add(1, Ordering::Relaxed)
    }

    async fn keep_calling(&self, node: usize, warm: Option<u64>) {
        while !self.is_over.load(Ordering::Relaxed) {
            let id = warm.unwrap_or_else(|| self.new_id());
            let began = Instant::now();
            let (answer, status) = self.call(node, id).await;
            self.calls.lock().unwrap().push(Call {
                began,
                took: began.elapsed(),
                is_error: answer.is_err(),
                status,
            });
            tokio::time::sleep(ms(2)).await;
        }
    }

    /// Until one replica reads what another has just loaded.
    async fn until_shared(&self) {
        loop {
            let id = self.new_id();
            self.call(0, id).await.0.unwrap();
            if self.call(1, id).await.1.shared {
                return;
            }
            tokio::time::sleep(ms(5)).await;
        }
    }
}

/// How long the calls took that these conditions choose: the median, the 99th percentile and the worst.
fn percentiles(calls: &[Call], is_chosen: impl Fn(&Call) -> bool) -> [Duration; 3] {
    let mut took: Vec<_> = calls
        .iter()
        .filter(|call| is_chosen(call))
        .map(|call| call.took)
        .collect();
    took.sort_unstable();
    assert!(took.len() >= 100, "{} calls", took.len());
    [took.len() / 2, took.len() * 99 / 100, took.len() - 1].map(|index| took[index])
}

#[tokio::test]
async fn a_stopped_server_costs_callers_a_load_and_one_timeout_and_forgets_no_invalidation() {
    let fleet = RedisFleet::start(Kind::Redis);
    let service = Arc::new(Service {
        nodes: [Node::of(&fleet).await, Node::of(&fleet).await],
        source: AtomicU64::new(1),
        next_id: AtomicU64::new(1_000),
        calls: Mutex::default(),
        is_over: AtomicBool::new(false),
    });
    for id in INVALIDATED {
        for node in [0, 1] {
            assert_eq!(service.call(node, id).await.0, Ok(1));
        }
    }
    let mut callers = JoinSet::new();
    for number in 0..CALLERS * 2 {
        for warm in [Some(u64::try_from(number).unwrap()), None] {
            let service = Arc::clone(&service);
            callers.spawn(async move { service.keep_calling(number % 2, warm).await });
        }
    }
    tokio::time::sleep(ms(1_000)).await;

    fleet.server.freeze();
    let stopped = Instant::now();
    tokio::time::sleep(STOPPED / 2).await;
    service.source.store(2, Ordering::SeqCst);
    for id in INVALIDATED {
        let invalidated = service.nodes[0].run(script_cache().invalidate(id)).await;
        assert_eq!(invalidated.shared, TierReach::Queued);
    }
    tokio::time::sleep(STOPPED / 2).await;
    fleet.server.thaw();
    let back = Instant::now();
    service.until_shared().await;
    let shared_after = back.elapsed();

    until_trusted(&*service.nodes[0].tier).await;
    for id in INVALIDATED {
        for node in [0, 1] {
            eventually("the invalidation is applied", async || {
                service.call(node, id).await.0 == Ok(2)
            })
            .await;
        }
    }
    service.is_over.store(true, Ordering::Relaxed);
    callers.join_all().await;

    let calls = service.calls.lock().unwrap();
    let is_hit = |call: &Call| call.status.hit && !call.status.shared;
    let is_away = |call: &Call| call.began >= stopped && call.began < back;
    let hits_before = percentiles(&calls, |call| is_hit(call) && call.began < stopped);
    let hits_away = percentiles(&calls, |call| is_hit(call) && is_away(call));
    let misses_away = percentiles(&calls, |call| !call.status.hit && is_away(call));
    println!("hits before {hits_before:?}, while stopped {hits_away:?}");
    println!("misses while stopped {misses_away:?}, shared again after {shared_after:?}");
    assert!(calls.iter().all(|call| !call.is_error));
    // A hit does not wait for the server; half as much again is for a busy machine.
    assert!(hits_away[1] < LOAD + OPERATION_TIMEOUT / 4, "{hits_away:?}");
    let bound = (LOAD + OPERATION_TIMEOUT) * 3 / 2;
    assert!(misses_away[1] < bound, "{misses_away:?}");
    assert!(shared_after < Duration::from_secs(2), "{shared_after:?}");
}
