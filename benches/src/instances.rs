//! A generic function with many instances: each has a cache of its own, which is found by its type.

use std::hint::black_box;

use cached_attr::cached;

use crate::way::drive;

#[cached(ttl = "1h")]
async fn row<const TABLE: usize>(id: u32) -> u32 {
    id
}

/// So many hits of the instance that was used first.
pub fn hits_of_the_first(count: usize) {
    drive(async {
        use_all().await;
        for _ in 0..count {
            black_box(row::<0>(black_box(7)).await);
        }
    });
}

/// So many hits of the instance that was used last.
pub fn hits_of_the_32nd(count: usize) {
    drive(async {
        use_all().await;
        for _ in 0..count {
            black_box(row::<31>(black_box(7)).await);
        }
    });
}

macro_rules! use_each {
    ($($table:literal)*) => {
        $(black_box(row::<$table>(7).await);)*
    };
}

async fn use_all() {
    use_each!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31);
}
