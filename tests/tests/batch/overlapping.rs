//! Overlapping batches of many keys, cancelled at random.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cached_attr::cached;
use cached_attr_tests::Dice;
use tokio::time::{sleep, timeout};

/// Which keys are being asked for.
#[derive(Debug, Default)]
struct Asked(Mutex<HashSet<u32>>);

/// Some keys that are being asked for, until this is dropped.
struct Asking<'a>(&'a Asked, Vec<u32>);

impl<'a> Asking<'a> {
    fn begin(asked: &'a Asked, ids: &[u32]) -> Self {
        let mut now = asked.0.lock().unwrap_or_else(PoisonError::into_inner);
        for id in ids {
            assert!(now.insert(*id), "{id} is asked for twice at once");
        }
        Asking(asked, ids.to_vec())
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        let mut now = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        for id in &self.1 {
            now.remove(id);
        }
    }
}

#[cached(ttl = "30ms", batch = ids, max_batch = 400, skip(asked, takes))]
async fn squares(asked: &Asked, takes: Duration, ids: Vec<u32>) -> HashMap<u32, u64> {
    let _asking = Asking::begin(asked, &ids);
    sleep(takes).await;
    ids.into_iter()
        .map(|id| (id, u64::from(id).pow(2)))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn three_batches_of_a_thousand_keys_always_end_and_ask_for_no_key_twice_at_once() {
    let asked = Arc::new(Asked::default());
    let tasks = (0..3_u32).map(|task| {
        let asked = Arc::clone(&asked);
        tokio::spawn(async move {
            let mut dice = Dice::new(u64::from(task) + 1);
            for _ in 0..60 {
                let from = dice.below(1500);
                let ids: Vec<u32> = (from..from + 1000).collect();
                let takes = Duration::from_millis(u64::from(dice.below(10)));
                let call = squares(&asked, takes, ids.clone());
                if dice.below(3) == 0 {
                    let patience = Duration::from_millis(u64::from(dice.below(8)));
                    let _ = timeout(patience, call).await;
                } else {
                    let answer = timeout(Duration::from_secs(60), call)
                        .await
                        .expect("it ends");
                    assert_eq!(answer.len(), ids.len());
                    assert!(
                        answer
                            .iter()
                            .all(|(id, square)| u64::from(*id).pow(2) == *square)
                    );
                }
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.expect("no panic");
    }
}
