//! Batches: what they find in the tier, and what they leave there.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use cached_attr::{CacheControlExt as _, cached};
use cached_attr_fleet::fleet::Fleet;
use cached_attr_fleet::redis::RedisFleet;
use cached_attr_fleet::server::Kind;
use tokio::time::Instant;

use crate::shelf::{Shelf, begin_batch, prices, prices_cache, single, strict};
use crate::support::{Down, Node, eventually, ms, pair};

#[cached(ttl = "1m", batch = ids, max_batch = 3, shared, name = "batches.split", skip(shelf))]
async fn split(shelf: &Shelf, ids: Vec<u32>) -> Result<HashMap<u32, String>, Down> {
    shelf.load(&ids).await
}

#[cached(
    ttl = "150ms",
    stale_if_error = "1m",
    batch = ids,
    shared,
    name = "batches.kept",
    skip(shelf)
)]
async fn kept(shelf: &Shelf, ids: Vec<u32>) -> Result<HashMap<u32, String>, Down> {
    shelf.load(&ids).await
}

#[cached(
    ttl = "1m",
    negative_ttl = "1m",
    batch = ids,
    shared,
    name = "batches.absent",
    skip(shelf)
)]
async fn absent(shelf: &Shelf, ids: Vec<u32>) -> Result<HashMap<u32, String>, Down> {
    shelf.load(&ids).await
}

/// Until the replica has noticed.
async fn until_away(node: &Node) {
    eventually("the tier is away", async || {
        node.tier.health().await;
        !node.tier.is_up()
    })
    .await;
}

#[cached(ttl = "1m", batch = ids, shared, name = "batches.optional", skip(shelf))]
async fn optional(shelf: &Shelf, ids: Vec<u32>) -> Result<HashMap<u32, Option<String>>, Down> {
    let mut found = shelf.load(&ids).await?;
    Ok(ids.iter().map(|id| (*id, found.remove(id))).collect())
}

pub(crate) async fn what_a_batch_has_loaded_is_there_for_the_batches_of_others(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let shelf = Shelf::new();
    let ids: Vec<u32> = (0..100).collect();
    let (answer, status) = a
        .run(prices(Arc::clone(&shelf), ids.clone()).with_status())
        .await;
    assert_eq!(answer, shelf.values(&ids));
    assert!(status.stored && !status.hit, "{status}");
    assert_eq!(shelf.bodies(), std::slice::from_ref(&ids), "one body");
    let (answer, status) = b
        .run(prices(Arc::clone(&shelf), ids.clone()).with_status())
        .await;
    assert_eq!(answer, shelf.values(&ids));
    assert!(status.hit && status.shared, "{status}");
    assert_eq!(shelf.bodies().len(), 1, "no body");
    let stats = b.run(async { prices_cache().stats() }).await;
    assert_eq!((stats.tier_hits, stats.loads), (100, 0), "{stats}");
    eventually("a hit in memory", async || {
        let again = prices(Arc::clone(&shelf), ids.clone()).with_status();
        let (answer, status) = b.run(again).await;
        assert_eq!(answer, shelf.values(&ids));
        status.hit && !status.shared
    })
    .await;
    assert_eq!(shelf.bodies().len(), 1);
}

pub(crate) async fn a_batch_and_a_function_of_one_item_have_the_same_records(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let shelf = Shelf::new();
    let of_a = a.run(prices(Arc::clone(&shelf), vec![1, 2])).await;
    assert_eq!(of_a, shelf.values(&[1, 2]));
    for id in [1, 2, 3] {
        let of_b = b.run(single::price(Arc::clone(&shelf), id)).await;
        assert_eq!(of_b, Ok(shelf.value(id)));
    }
    let of_a = a.run(prices(Arc::clone(&shelf), vec![2, 3])).await;
    assert_eq!(of_a, shelf.values(&[2, 3]));
    assert_eq!(shelf.bodies(), [vec![1, 2], vec![3]]);
}

pub(crate) async fn a_batch_loads_only_what_the_tier_has_not(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let shelf = Shelf::new();
    a.run(prices(Arc::clone(&shelf), vec![2, 4])).await.unwrap();
    let ids = vec![1, 2, 3, 4, 5, 4];
    let (answer, status) = b
        .run(prices(Arc::clone(&shelf), ids.clone()).with_status())
        .await;
    assert_eq!(answer, shelf.values(&ids));
    assert!(
        !status.hit && status.fwd.is_some() && status.stored,
        "{status}"
    );
    assert_eq!(shelf.bodies(), [vec![2, 4], vec![1, 3, 5]]);
    let of_a = a.run(prices(Arc::clone(&shelf), vec![1, 2, 3, 4, 5])).await;
    assert_eq!(of_a, shelf.values(&ids));
    assert_eq!(shelf.bodies().len(), 2);
}

pub(crate) async fn max_batch_splits_what_is_loaded_and_not_what_is_read(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let shelf = Shelf::new();
    let ids: Vec<u32> = (0..10).collect();
    assert_eq!(a.run(split(&shelf, ids.clone())).await, shelf.values(&ids));
    let mut lengths: Vec<_> = shelf.bodies().iter().map(Vec::len).collect();
    lengths.sort_unstable();
    assert_eq!(lengths, [1, 3, 3, 3]);
    assert_eq!(b.run(split(&shelf, ids.clone())).await, shelf.values(&ids));
    assert_eq!(shelf.bodies().len(), 4);
}

pub(crate) async fn an_item_without_a_value_is_not_stored_and_holds_nobody_up(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let shelf = Shelf::new();
    let answer = a.run(prices(Arc::clone(&shelf), vec![1, 1_001])).await;
    assert_eq!(answer, shelf.values(&[1]));
    let began = Instant::now();
    let answer = b.run(prices(Arc::clone(&shelf), vec![1, 1_001])).await;
    assert_eq!(answer, shelf.values(&[1]));
    assert!(began.elapsed() < ms(2_000), "not at the end of a lease");
    assert_eq!(shelf.bodies(), [vec![1, 1_001], vec![1_001]]);
}

pub(crate) async fn an_absence_is_kept_in_memory_only_while_the_tier_is_away(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let shelf = Shelf::new();
    let none = shelf.values(&[]);
    for node in [&a, &a, &b] {
        assert_eq!(node.run(absent(&shelf, vec![1_001])).await, none);
    }
    assert_eq!(shelf.bodies().len(), 3, "no record, and no copy of none");
    let guard = b.run(absent_cache().write(1_001)).await;
    for _ in 0..2 {
        assert_eq!(a.run(absent(&shelf, vec![1_001])).await, none);
    }
    b.run(guard.commit()).await;
    assert_eq!(shelf.bodies().len(), 5, "nor while a writer holds it");
    a.line.cut();
    until_away(&a).await;
    for _ in 0..2 {
        assert_eq!(a.run(absent(&shelf, vec![1_001])).await, none);
    }
    assert_eq!(shelf.bodies().len(), 6);
}

pub(crate) async fn a_none_of_an_item_is_stored(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let shelf = Shelf::new();
    let expected = Ok(HashMap::from([(1, Some(shelf.value(1))), (1_001, None)]));
    assert_eq!(a.run(optional(&shelf, vec![1, 1_001])).await, expected);
    shelf.set_down(true);
    assert_eq!(b.run(optional(&shelf, vec![1, 1_001])).await, expected);
}

pub(crate) async fn every_batch_without_copies_reads_the_tier(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let shelf = Shelf::new();
    let ids = vec![1, 2, 3];
    for node in [&a, &b, &a, &b] {
        let answer = node.run(strict(Arc::clone(&shelf), ids.clone())).await;
        assert_eq!(answer, shelf.values(&ids));
    }
    assert_eq!(shelf.bodies().len(), 1);
    // At once: no push is waited for.
    for _ in 0..20 {
        shelf.change(2);
        b.run(crate::shelf::strict_cache().invalidate(2)).await;
        let answer = a.run(strict(Arc::clone(&shelf), ids.clone())).await;
        assert_eq!(answer, shelf.values(&ids));
    }
    assert_eq!(shelf.loads(), [(1, 1), (2, 21), (3, 1)].into());
}

pub(crate) async fn stale_records_of_a_batch_stand_in_for_a_failing_body(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let shelf = Shelf::new();
    assert_eq!(a.run(kept(&shelf, vec![1, 2])).await, shelf.values(&[1, 2]));
    tokio::time::sleep(ms(200)).await;
    shelf.set_down(true);
    assert_eq!(b.run(kept(&shelf, vec![1, 2])).await, shelf.values(&[1, 2]));
    assert_eq!(shelf.bodies().len(), 2);
    assert_eq!(b.run(kept(&shelf, vec![1, 2])).await, shelf.values(&[1, 2]));
    assert_eq!(shelf.bodies().len(), 2, "the source is left alone");
    assert_eq!(b.run(kept(&shelf, vec![1, 3])).await, Err(Down));
}

pub(crate) async fn batches_go_on_without_a_tier_that_is_away(fleet: &dyn Fleet) {
    let (a, _) = pair(fleet).await;
    let shelf = Shelf::new();
    let ids = vec![1, 2, 3];
    a.line.cut();
    until_away(&a).await;
    for _ in 0..2 {
        let answer = a.run(prices(Arc::clone(&shelf), ids.clone())).await;
        assert_eq!(answer, shelf.values(&ids));
    }
    assert_eq!(shelf.bodies(), [vec![1, 2, 3]], "copies for the outage");
    shelf.change(2);
    a.line.restore().await;
    let answer = a.run(prices(Arc::clone(&shelf), ids.clone())).await;
    assert_eq!(answer, shelf.values(&ids));
}

pub(crate) async fn a_silent_tier_costs_a_batch_its_timeout(fleet: &dyn Fleet) {
    let (a, _) = pair(fleet).await;
    let shelf = Shelf::new();
    let ids: Vec<u32> = (0..20).collect();
    a.line.stall();
    let began = Instant::now();
    let answer = a.run(prices(Arc::clone(&shelf), ids.clone())).await;
    assert_eq!(answer, shelf.values(&ids));
    assert!(began.elapsed() < ms(1_500), "{:?}", began.elapsed());
    assert_eq!(shelf.bodies(), [ids]);
}

/// Two of them may have one text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Code(String);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_lowercase())
    }
}

#[cached(ttl = "1m", batch = codes, shared, name = "batches.codes")]
async fn lengths(codes: Vec<Code>) -> HashMap<Code, usize> {
    codes
        .into_iter()
        .map(|code| (code.clone(), code.0.len()))
        .collect()
}

pub(crate) async fn items_of_one_text_do_not_wait_for_each_other(fleet: &dyn Fleet) {
    let (a, _) = pair(fleet).await;
    let codes: Vec<_> = ["a", "A", "b"].map(|code| Code(code.to_owned())).into();
    let began = Instant::now();
    let answer = a.run(lengths(codes.clone())).await;
    assert_eq!(answer, codes.into_iter().map(|code| (code, 1)).collect());
    assert!(began.elapsed() < ms(2_000), "{:?}", began.elapsed());
}

struct Shop {
    owner: String,
    shelf: Arc<Shelf>,
}

impl Shop {
    #[cached(
        ttl = "1m",
        batch = ids,
        key = (self.owner.as_str(), ids),
        shared,
        name = "batches.shop"
    )]
    async fn prices(&self, ids: Vec<u32>) -> Result<HashMap<u32, String>, Down> {
        self.shelf.load(&ids).await
    }

    #[cached(
        ttl = "1m",
        batch = ids,
        key = "{self.owner}/{ids}",
        shared,
        name = "batches.shop_by_text"
    )]
    async fn prices_by_text(&self, ids: Vec<u32>) -> BTreeMap<u32, String> {
        self.shelf.load(&ids).await.into_iter().flatten().collect()
    }
}

pub(crate) async fn a_batch_of_a_method_has_the_records_of_its_whole_key(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let shelf = Shelf::new();
    let [ada, bob] = ["ada", "bob"].map(|owner| Shop {
        owner: owner.to_owned(),
        shelf: Arc::clone(&shelf),
    });
    let ids = vec![1, 2];
    let expected = shelf.values(&ids);
    let by_text = expected.clone().into_iter().flatten().collect();
    for (node, loads) in [(&a, 4), (&b, 4)] {
        for shop in [&ada, &bob] {
            assert_eq!(node.run(shop.prices(ids.clone())).await, expected);
            assert_eq!(node.run(shop.prices_by_text(ids.clone())).await, by_text);
        }
        assert_eq!(shelf.bodies().len(), loads);
    }
}

/// How often the server has run these.
async fn calls_of(fleet: &RedisFleet, command: &str) -> u64 {
    let stats: String = fleet.command(&["INFO", "commandstats"]).await;
    let prefix = format!("cmdstat_{command}:calls=");
    let line = stats.lines().find_map(|line| line.strip_prefix(&prefix));
    let calls = line.and_then(|line| line.split(',').next());
    calls.map_or(0, |calls| calls.parse().expect("a number"))
}

#[tokio::test]
async fn a_hundred_hits_are_one_round_trip() {
    let fleet = RedisFleet::start(Kind::Redis);
    let (a, b) = (Node::of(&fleet).await, Node::of(&fleet).await);
    let shelf = Shelf::new();
    let ids: Vec<u32> = (0..100).collect();
    let loading = begin_batch(&a, &shelf, prices(Arc::clone(&shelf), ids.clone()));
    let loaded = loading.await.await.expect("an answer");
    assert_eq!(loaded, shelf.values(&ids));
    let mut before = Vec::new();
    let commands = ["mget", "get", "evalsha", "zmscore", "time"];
    for command in commands {
        before.push(calls_of(&fleet, command).await);
    }
    let answer = b.run(prices(Arc::clone(&shelf), ids.clone())).await;
    assert_eq!(answer, shelf.values(&ids));
    for (command, (before, more)) in commands.iter().zip(before.into_iter().zip([1, 0, 0, 1, 1])) {
        assert_eq!(calls_of(&fleet, command).await, before + more, "{command}");
    }
    assert_eq!(shelf.bodies().len(), 1);
}
