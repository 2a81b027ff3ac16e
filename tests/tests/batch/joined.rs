//! Batches that are nested in loads, or joined to each other in one task.

use std::collections::HashMap;

use cached_attr::cached;

use crate::{Fault, SECOND, Shop, sorted};

#[cached(ttl = "1m", batch = ids, skip(shop))]
async fn prices(shop: &Shop, ids: Vec<u32>) -> Result<HashMap<u32, u32>, Fault> {
    shop.prices(ids).await
}

#[tokio::test(start_paused = true)]
async fn a_batch_whose_body_calls_itself_ends() {
    #[cached(ttl = "1m", batch = ids)]
    async fn deep(ids: Vec<u32>) -> HashMap<u32, u32> {
        let below: Vec<u32> = ids.iter().filter(|id| **id > 0).map(|id| id - 1).collect();
        let below = if below.is_empty() {
            HashMap::new()
        } else {
            Box::pin(deep(below)).await
        };
        let one = |id: u32| {
            (
                id,
                1 + id
                    .checked_sub(1)
                    .and_then(|id| below.get(&id))
                    .unwrap_or(&0),
            )
        };
        ids.into_iter().map(one).collect()
    }

    let answer = tokio::time::timeout(SECOND, deep(vec![0, 1, 2, 3])).await;
    let answer = answer.expect("it ends");
    assert_eq!((answer[&0], answer[&3]), (1, 4));
}

#[tokio::test(start_paused = true)]
async fn a_thousand_callers_of_a_thousand_keys_ask_for_each_once() {
    let shop = Shop::new();
    shop.takes(SECOND);
    let ids = |from: u32| (0..100).map(|id| (from + id) % 100).collect::<Vec<_>>();
    let calls = (0..1000).map(|call| prices(&shop, ids(call)));
    for answer in futures_util::future::join_all(calls).await {
        assert_eq!(sorted(answer).len(), 100);
    }
    assert_eq!(shop.asked().iter().map(Vec::len).sum::<usize>(), 100);
}
