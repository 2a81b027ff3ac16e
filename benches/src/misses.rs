//! Misses with ever-new keys and an immediate load: below half of the capacity, and in a full cache.

use std::hint::black_box;
use std::sync::Arc;

use cached_attr::cached;

use crate::way::drive;

#[cached(ttl = "1h", capacity = 100_000_000)]
async fn roomy(name: &str, number: u32) -> Arc<str> {
    let _ = number;
    Arc::from(name)
}

#[cached(ttl = "1h", capacity = 10_000)]
async fn full(name: &str, number: u32) -> Arc<str> {
    let _ = number;
    Arc::from(name)
}

const NAME: &str = "a name of twenty b..";

/// So many misses of a cache that has room for all of them.
pub fn below_half(count: usize) {
    drive(async {
        for number in 0..count {
            black_box(roomy(NAME, number_of(number)).await);
        }
    });
}

/// So many misses of a cache that was full before the first.
pub fn in_a_full_cache(count: usize) {
    drive(async {
        for number in 0..count + 20_000 {
            black_box(full(NAME, number_of(number)).await);
        }
    });
}

fn number_of(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
