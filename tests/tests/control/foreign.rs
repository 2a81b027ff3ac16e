//! `cache = …`: a cache that several functions share, each judging by its own ttl.

use std::sync::LazyLock;
use std::time::Duration;

use cached_attr::{FnCache, cached};
use cached_attr_tests::{Gate, Source, Stepped};
use tokio::time::advance;

const SECOND: Duration = Duration::from_secs(1);

struct Desk {
    source: Source,
    quotes: FnCache<String, u32>,
}

impl Desk {
    fn new() -> Self {
        Desk {
            source: Source::new(),
            quotes: FnCache::builder().name("quotes").ttl(60 * SECOND).build(),
        }
    }

    /// For a screen: a minute old will do.
    #[cached(ttl = "1m", cache = self.quotes, skip(self))]
    async fn shown(&self, name: &str) -> u32 {
        self.source.ask()
    }

    /// For a trade: five seconds at most.
    #[cached(ttl = "5s", cache = self.quotes, skip(self, gate))]
    async fn traded(&self, gate: &Gate, name: &str) -> u32 {
        let quote = self.source.ask();
        gate.pass().await;
        quote
    }

    #[cached(ttl = 0, cache = self.quotes, skip(self))]
    async fn never_remembered(&self, name: &str) -> u32 {
        self.source.ask()
    }
}

#[tokio::test(start_paused = true)]
async fn each_function_judges_by_its_own_ttl() {
    let (desk, gate) = (Desk::new(), Gate::opened());
    assert_eq!(desk.shown("LOQ").await, 1);
    assert_eq!(
        desk.traded(&gate, "LOQ").await,
        1,
        "the other's answer, young enough"
    );
    advance(5 * SECOND).await;
    assert_eq!(desk.shown("LOQ").await, 1);
    assert_eq!(desk.traded(&gate, "LOQ").await, 2);
    assert_eq!(desk.shown("LOQ").await, 2, "stored for all");
    advance(59 * SECOND).await;
    assert_eq!(desk.shown("LOQ").await, 2);
    advance(SECOND).await;
    assert_eq!(desk.shown("LOQ").await, 3);
}

#[tokio::test(start_paused = true)]
async fn functions_that_share_a_cache_share_loads() {
    let (desk, gate) = (Desk::new(), Gate::new());
    let trade = Stepped::begin(desk.traded(&gate, "LOQ")).await;
    let shown = Stepped::begin(desk.shown("LOQ")).await;
    gate.open();
    assert_eq!((trade.finish().await, shown.finish().await), (1, 1));
    assert_eq!(desk.source.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_zero_ttl_of_one_function_is_its_own() {
    let desk = Desk::new();
    assert_eq!(desk.shown("LOQ").await, 1);
    assert_eq!(
        (
            desk.never_remembered("LOQ").await,
            desk.never_remembered("LOQ").await
        ),
        (2, 3)
    );
    assert_eq!(desk.shown("LOQ").await, 1);
}

#[tokio::test(start_paused = true)]
async fn what_the_cache_itself_is_told_holds_for_all() {
    let (desk, gate) = (Desk::new(), Gate::opened());
    desk.shown("LOQ").await;
    desk.quotes.invalidate("LOQ").await;
    assert_eq!(desk.traded(&gate, "LOQ").await, 2);
    desk.quotes.insert("LOQ".to_owned(), 77).await;
    assert_eq!(
        (desk.shown("LOQ").await, desk.traded(&gate, "LOQ").await),
        (77, 77)
    );
    assert_eq!(desk.quotes.name(), "quotes");
    desk.quotes.set_enabled(false);
    assert_eq!((desk.shown("LOQ").await, desk.shown("LOQ").await), (3, 4));
}

#[tokio::test(start_paused = true)]
async fn values_of_one_type_have_caches_of_their_own() {
    let (one, other) = (Desk::new(), Desk::new());
    assert_eq!(one.shown("LOQ").await, 1);
    other.source.ask();
    assert_eq!(other.shown("LOQ").await, 2);
    one.quotes.invalidate_all().await;
    assert_eq!((one.shown("LOQ").await, other.shown("LOQ").await), (2, 2));
}

static SHARED: LazyLock<FnCache<u32, String>> =
    LazyLock::new(|| FnCache::builder().ttl(60 * SECOND).build());

#[cached(ttl = "1m", cache = SHARED)]
async fn from_static(id: u32) -> Result<String, String> {
    Ok(id.to_string())
}

fn of(shards: &[FnCache<u32, u32>], id: u32) -> &FnCache<u32, u32> {
    &shards[id as usize % shards.len()]
}

#[cached(ttl = "1m", cache = of(shards, id), skip(shards))]
async fn sharded(shards: &[FnCache<u32, u32>], id: u32) -> u32 {
    id * 10
}

#[tokio::test(start_paused = true)]
async fn any_expression_can_say_which_cache() {
    assert_eq!(from_static(1).await, Ok("1".to_owned()));
    assert_eq!(SHARED.get(1).await.as_deref(), Some("1"));
    let shards: Vec<_> = (0..2)
        .map(|_| FnCache::builder().ttl(60 * SECOND).build())
        .collect();
    assert_eq!(
        (sharded(&shards, 1).await, sharded(&shards, 2).await),
        (10, 20)
    );
    assert_eq!(
        (shards[1].get(1).await, shards[0].get(1).await),
        (Some(10), None)
    );
}

#[tokio::test(start_paused = true)]
async fn an_error_that_another_function_remembers_does_not_end_single_flight() {
    static RATES: LazyLock<FnCache<u32, u32>> = LazyLock::new(|| FnCache::builder().build());
    static SOURCE: Source = Source::new();

    #[cached(ttl = "1m", error_ttl = "1m", cache = RATES)]
    async fn failing(id: u32) -> Result<u32, String> {
        Err(format!("no {id}"))
    }

    #[cached(ttl = "1m", error_ttl = "1m", cache = RATES)]
    async fn working(id: u32) -> Result<u32, u8> {
        Ok(SOURCE.ask_for(SECOND).await + id)
    }

    assert_eq!(failing(10).await, Err("no 10".to_owned()));
    let calls: Vec<_> = (0..100).map(|_| tokio::spawn(working(10))).collect();
    for call in calls {
        assert_eq!(call.await.expect("nobody panics"), Ok(11));
    }
    assert_eq!(SOURCE.asked(), 1, "one load for all");
    assert_eq!(failing(10).await, Ok(11), "stored for both");
}
