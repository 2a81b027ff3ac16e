//! Keys that share one 64-bit hash: a `Hash` that looks at part of a key is legal, and harms nobody.

#![allow(
    clippy::items_after_statements,
    reason = "a cached function stands where its test uses it"
)]

use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cached_attr::{FnCache, cached};
use cached_attr_tests::Dice;
use tokio::runtime::Builder;
use tokio::task::yield_now;
use tokio::time::{advance, timeout};

const HOUR: Duration = Duration::from_secs(3600);

/// Two numbers, of which only the first is hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Partly(u32, u32);

impl Hash for Partly {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

#[tokio::test(start_paused = true)]
async fn keys_of_one_hash_have_answers_of_their_own() {
    let cache = FnCache::builder().ttl(HOUR).build();
    for id in 0..20 {
        cache.insert(Partly(0, id), id).await;
    }
    cache.invalidate(&Partly(0, 7)).await;
    cache.expire(&Partly(0, 8)).await;
    cache.insert(Partly(0, 9), 90).await;
    for id in 0..20 {
        let expected = match id {
            7 | 8 => None,
            9 => Some(90),
            id => Some(id),
        };
        assert_eq!(cache.get(&Partly(0, id)).await, expected);
    }
    assert_eq!(cache.len(), 19);
}

#[tokio::test(start_paused = true)]
async fn the_bound_on_entries_holds_for_keys_of_one_hash() {
    let cache = FnCache::builder().ttl(HOUR).capacity(10).build();
    for id in 0..2000 {
        cache.insert(Partly(0, id), id).await;
        assert!(cache.len() <= 10, "{} at {id}", cache.len());
    }
    assert_eq!(cache.len(), 10);
    assert_eq!(cache.get(&Partly(0, 1999)).await, Some(1999));
    assert_eq!(cache.stats().evicted, 1990);
}

#[tokio::test(start_paused = true)]
async fn the_bound_on_entries_holds_where_many_hashes_have_several_keys() {
    let cache = FnCache::builder().ttl(HOUR).capacity(100).build();
    for id in 0..5000 {
        cache.insert(Partly(id % 50, id), id).await;
        assert!(cache.len() <= 164, "{} at {id}", cache.len());
    }
    cache.invalidate_all().await;
    assert_eq!(cache.len(), 0);
    cache.insert(Partly(0, 0), 1).await;
    assert_eq!(cache.len(), 1, "what has left is not counted");
}

#[tokio::test(start_paused = true)]
async fn set_ttl_and_invalidate_all_reach_every_key_of_one_hash() {
    let cache = FnCache::builder().ttl(HOUR).build();
    for id in 0..30 {
        cache.insert(Partly(0, id), id).await;
    }
    cache.set_ttl(Duration::from_secs(1));
    advance(Duration::from_secs(1)).await;
    for id in 0..30 {
        assert_eq!(cache.get(&Partly(0, id)).await, None);
    }
    cache.set_ttl(HOUR);
    assert_eq!(cache.get(&Partly(0, 0)).await, Some(0));
    cache.invalidate_all().await;
    for id in 0..30 {
        assert_eq!(cache.get(&Partly(0, id)).await, None);
    }
}

const KEYS: u32 = 64;

/// What the source holds under each key, and what an answer must at least be.
#[derive(Default)]
struct Row {
    truth: AtomicU64,
    floor: AtomicU64,
}

struct Race {
    cache: FnCache<Partly, u64>,
    rows: Vec<Row>,
}

#[cached(ttl = "1h", cache = race.cache, skip(race))]
async fn read(race: &Race, key: Partly) -> u64 {
    let truth = race.rows[key.1 as usize].truth.load(Ordering::SeqCst);
    yield_now().await;
    truth
}

impl Race {
    async fn step(&self, dice: &mut Dice) {
        let key = Partly(0, dice.below(KEYS));
        let row = &self.rows[key.1 as usize];
        match dice.below(100) {
            0 => {
                let floors = self.rows.iter().map(|row| row.truth.load(Ordering::SeqCst));
                let floors: Vec<_> = floors.collect();
                self.cache.invalidate_all().await;
                for (row, floor) in self.rows.iter().zip(floors) {
                    row.floor.fetch_max(floor, Ordering::SeqCst);
                }
            }
            1 => self.cache.set_ttl(HOUR * (1 + dice.below(3))),
            2..20 => {
                let written = row.truth.fetch_add(1, Ordering::SeqCst) + 1;
                self.cache.invalidate(&key).await;
                row.floor.fetch_max(written, Ordering::SeqCst);
            }
            _ => {
                let floor = row.floor.load(Ordering::SeqCst);
                let answer = read(self, key).await;
                assert!(answer >= floor, "stale: {answer} after {floor}");
            }
        }
    }
}

#[test]
fn sixty_four_keys_of_one_hash_under_four_threads_end_soon_and_give_nothing_stale() {
    let race = Arc::new(Race {
        cache: FnCache::builder().ttl(HOUR).capacity(40).build(),
        rows: (0..KEYS).map(|_| Row::default()).collect(),
    });
    let mut runtime = Builder::new_multi_thread();
    let runtime = runtime.worker_threads(4).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let racers = (0..4).map(|seed| {
            let race = Arc::clone(&race);
            tokio::spawn(async move {
                let mut dice = Dice::new(seed);
                for _ in 0..1000 {
                    race.step(&mut dice).await;
                }
            })
        });
        for racer in racers.collect::<Vec<_>>() {
            let ended = timeout(Duration::from_secs(60), racer).await;
            ended.expect("it ends").expect("nothing stale");
        }
    });
    assert!(race.cache.len() <= 40, "{}", race.cache.len());
    assert!(race.cache.stats().evicted > 100, "{:?}", race.cache.stats());
}
