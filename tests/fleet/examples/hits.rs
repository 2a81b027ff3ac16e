//! Hits in memory, for callgrind: `valgrind --tool=callgrind target/release/examples/hits shared|plain COUNT`.
//!
//! The difference between two counts, divided by theirs, is the instructions of one hit.

use std::hint::black_box;
use std::sync::Arc;

use cached_attr::cached;
use cached_attr_fleet::memory::MemoryServer;
use cached_attr_runtime::tier::{Tier, install};

#[cached(ttl = "10m")]
async fn plain(id: u64) -> u64 {
    id
}

#[cached(ttl = "10m", shared)]
async fn shared(id: u64) -> u64 {
    id
}

fn main() {
    let mut args = std::env::args().skip(1);
    let which = args.next().expect("shared or plain");
    let count: u64 = args
        .next()
        .and_then(|count| count.parse().ok())
        .expect("a count");
    let tier: Arc<dyn Tier> = MemoryServer::new().connect();
    install(tier).expect("the first tier");
    // As in a service: a runtime of several threads, whose clock cannot be paused.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        for _ in 0..count + 3 {
            let answer = if which == "shared" {
                shared(black_box(7)).await
            } else {
                plain(black_box(7)).await
            };
            black_box(answer);
        }
    });
    let (cache, hits) = if which == "shared" {
        (shared_cache(), count)
    } else {
        (plain_cache(), count + 2)
    };
    assert!(cache.stats().hits >= hits, "{:?}", cache.stats());
}
