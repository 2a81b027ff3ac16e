//! What a hit does to the heap.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cached_attr::cached;
use cached_attr_benches::contest::hits;
use cached_attr_benches::heap;
use cached_attr_benches::rows::instructions::allocations;
use cached_attr_benches::table::Column;
use cached_attr_benches::way::drive;

#[global_allocator]
static HEAP: heap::Counting = heap::Counting;

#[test]
fn a_hit_by_a_text_and_a_number_allocates_nothing() {
    for contender in hits() {
        let each = allocations(contender);
        println!("{:?}: {each:.2} allocations a hit", contender.column);
        if contender.column == Column::CachedAttr {
            assert!(each.abs() < f64::EPSILON, "{each} allocations a hit");
        }
    }
}

static CLONES: AtomicUsize = AtomicUsize::new(0);

struct Counted(Arc<str>);

impl Clone for Counted {
    fn clone(&self) -> Self {
        CLONES.fetch_add(1, Ordering::Relaxed);
        Counted(Arc::clone(&self.0))
    }
}

#[cached(ttl = "1h")]
async fn counted(name: &str, number: u32) -> Counted {
    Counted(format!("{name} {number}").into())
}

#[test]
fn a_hit_clones_its_value_once() {
    const HITS: usize = 1000;
    drive(async {
        counted("LOQ", 7).await;
        let before = CLONES.load(Ordering::Relaxed);
        for _ in 0..HITS {
            assert_eq!(&*black_box(counted("LOQ", 7).await).0, "LOQ 7");
        }
        assert_eq!(CLONES.load(Ordering::Relaxed) - before, HITS);
    });
}
