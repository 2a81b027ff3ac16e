//! What a miss and an entry cost while there is nothing to evict.

use cached_attr::FnCache;
use cached_attr_benches::contest::limited;
use cached_attr_benches::place::Filled;
use cached_attr_benches::rows::memory::bytes_per_entry;
use cached_attr_benches::table::Column;
use cached_attr_benches::way::drive;
use cached_attr_benches::{heap, misses};

#[global_allocator]
static HEAP: heap::Counting = heap::Counting;

const ENTRIES: u32 = 100_000;

#[test]
fn an_entry_takes_less_than_in_moka_below_half_of_the_capacity() {
    let cache: FnCache<String, String> = FnCache::builder().capacity(10_000_000).build();
    let ((), ours) = heap::count(|| {
        drive(async {
            for number in 0..ENTRIES {
                let key = format!("{number:020}");
                cache.insert(key, "x".repeat(64)).await;
            }
        });
    });
    let ours = ours.kept as f64 / f64::from(ENTRIES);
    let moka = limited::<Filled>()
        .into_iter()
        .find(|one| one.column == Column::MokaGet)
        .map(bytes_per_entry)
        .expect("moka is there");
    let ratio = ours / moka;
    println!("{ours:.0} bytes an entry, in moka {moka:.0}: {ratio:.2}");
    assert!(ratio <= 0.68, "{ratio:.2} of moka");
}

#[test]
fn a_cache_with_one_entry_is_small() {
    let (cache, used) = heap::count(|| {
        let cache: FnCache<u32, u32> = FnCache::builder().build();
        drive(async { cache.insert(1, 1).await });
        cache
    });
    println!("{} bytes with one entry", used.kept);
    assert!(used.kept <= 12_000, "{} bytes", used.kept);
    drop(cache);
}

#[test]
fn a_miss_below_half_of_the_capacity_allocates_little() {
    const MISSES: usize = 100_000;
    misses::below_half(1000);
    let ((), used) = heap::count(|| misses::below_half(MISSES + 1000));
    let each = used.calls as f64 / MISSES as f64;
    println!("{each:.1} allocations a miss, those of the load included");
    assert!(each <= 10.0, "{each:.1} allocations");
}
