//! Bytes: of an entry that is held, and of entries that have expired.

use std::thread::sleep;
use std::time::Duration;

use cached_attr::{FnCache, cached};
use cached_attr_benches::contest::limited;
use cached_attr_benches::heap;
use cached_attr_benches::place::Filled;
use cached_attr_benches::rows::memory::bytes_per_entry;
use cached_attr_benches::table::Column;
use cached_attr_benches::way::drive;

#[global_allocator]
static HEAP: heap::Counting = heap::Counting;

#[test]
fn an_entry_takes_little_more_than_in_moka() {
    let of = |column| {
        let found = limited::<Filled>()
            .into_iter()
            .find(|one| one.column == column);
        bytes_per_entry(found.expect("both are there"))
    };
    let (ours, moka) = (of(Column::CachedAttr), of(Column::MokaGet));
    println!("{ours:.0} bytes an entry, in moka {moka:.0}");
    let ratio = ours / moka;
    assert!(ratio <= 1.30, "{ratio:.2} of moka");
}

const HOUR: Duration = Duration::from_hours(1);

#[test]
fn ends_that_are_moved_while_others_store_are_not_lost() {
    let cache: FnCache<u32, u64> = FnCache::builder().ttl(HOUR).capacity(1_000_000).build();
    std::thread::scope(|scope| {
        for thread in 0..2 {
            let cache = &cache;
            scope.spawn(move || {
                drive(async {
                    for number in 0..150_000 {
                        cache.insert(thread * 1_000_000 + number, 1).await;
                    }
                });
            });
        }
        for _ in 0..20 {
            cache.set_ttl(HOUR);
            sleep(Duration::from_millis(5));
            cache.set_ttl(Duration::from_secs(1));
        }
    });
    sleep(Duration::from_millis(3_500));
    cache.free_expired();
    assert_eq!(cache.len(), 0);
}

const BATCHES: u64 = 4;
const BATCH: u64 = 250_000;

#[cached(ttl = "1s", capacity = 2_000_000)]
async fn short_lived(number: u64) -> [u64; 8] {
    [number; 8]
}

/// Uses the cache for something else: what has expired leaves when there is any traffic at all.
async fn other_traffic(batch: u64) {
    for number in 0..10_000 {
        short_lived(u64::MAX - batch * 1_000_000 - number).await;
    }
}

#[test]
fn memory_returns_when_a_million_keys_have_expired() {
    let mut kept = 0;
    let mut after_first = 0;
    for batch in 0..BATCHES {
        let ((), filled) = heap::count(|| {
            drive(async {
                for number in 0..BATCH {
                    short_lived(batch * BATCH + number).await;
                }
            });
        });
        sleep(Duration::from_millis(3_500));
        let ((), freed) = heap::count(|| drive(other_traffic(batch)));
        kept += filled.kept + freed.kept;
        println!(
            "{} MB while held, {} MB after",
            filled.kept >> 20,
            kept >> 20
        );
        // The index's table, and the answers that the other traffic has just stored.
        assert!(
            kept < 32 * i64::try_from(BATCH).expect("a small number"),
            "{kept} bytes of {} stay",
            filled.kept
        );
        if batch == 0 {
            after_first = kept;
        }
    }
    assert!(
        kept <= after_first + (after_first / 2).max(1 << 20),
        "{after_first} bytes stayed of the first batch, {kept} of all"
    );
}
