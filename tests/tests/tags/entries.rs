//! Which entries a tag has.

use std::time::Duration;

use cached_attr::{FnCache, cached, invalidate_tag};
use cached_attr_tests::Source;
use tokio::time::advance;

#[tokio::test(start_paused = true)]
async fn a_tag_removes_the_entries_that_have_it_and_says_how_many() {
    #[cached(ttl = "1h", skip(source), tags = ["removes:{tenant}", "removes-all"])]
    async fn orders(source: &Source, tenant: &str, page: u32) -> u32 {
        let _ = (tenant, page);
        source.ask()
    }

    let source = Source::new();
    for (tenant, page) in [("acme", 1), ("acme", 2), ("other", 1)] {
        orders(&source, tenant, page).await;
    }
    assert_eq!(invalidate_tag("removes:acme").await.removed, 2);
    assert_eq!(orders(&source, "other", 1).await, 3);
    assert_eq!(orders(&source, "acme", 1).await, 4);
    assert_eq!(invalidate_tag("removes-all").await.removed, 2);
    assert_eq!(invalidate_tag("removes-all").await.removed, 0);
    assert!(orders_cache().is_empty());
    assert_eq!(orders_cache().stats().invalidated, 4);
}

#[tokio::test(start_paused = true)]
async fn functions_share_a_tag() {
    #[cached(ttl = "1h", skip(source), tags = ["share:{tenant}"])]
    async fn orders(source: &Source, tenant: &str) -> u32 {
        let _ = tenant;
        source.ask()
    }

    #[cached(ttl = "1h", skip(source), tags = ["share:{customer}"])]
    async fn invoices(source: &Source, customer: u32) -> Result<u32, String> {
        let _ = customer;
        Ok(source.ask())
    }

    #[cached(ttl = "1h", skip(source))]
    async fn untagged(source: &Source, tenant: &str) -> u32 {
        let _ = tenant;
        source.ask()
    }

    let source = Source::new();
    assert_eq!(orders(&source, "7").await, 1);
    assert_eq!(invoices(&source, 7).await, Ok(2));
    assert_eq!(untagged(&source, "7").await, 3);
    assert_eq!(invalidate_tag("share:7").await.removed, 2);
    assert_eq!(orders(&source, "7").await, 4);
    assert_eq!(invoices(&source, 7).await, Ok(5));
    assert_eq!(untagged(&source, "7").await, 3);
}

#[tokio::test(start_paused = true)]
async fn a_tag_may_name_what_is_not_in_the_key() {
    struct Tenant {
        id: u32,
        region: &'static str,
    }

    #[cached(ttl = "1h", key = document, skip(source, tenant),
             tags = ["outside:{tenant.id:03}", "outside:{tenant.region}:{document}"])]
    async fn document(source: &Source, tenant: &Tenant, document: u32) -> u32 {
        let _ = (tenant, document);
        source.ask()
    }

    let source = Source::new();
    let tenant = Tenant {
        id: 7,
        region: "eu:1",
    };
    assert_eq!(document(&source, &tenant, 1).await, 1);
    assert_eq!(invalidate_tag("outside:007").await.removed, 1);
    assert_eq!(document(&source, &tenant, 1).await, 2);
    assert_eq!(invalidate_tag("outside:eu:1:1").await.removed, 0);
    assert_eq!(
        invalidate_tag("outside:eu%3A1:1").await.removed,
        1,
        "of several captures each is escaped, as in text keys"
    );
}

struct Shop {
    region: &'static str,
    prices: FnCache<u32, u32>,
    source: Source,
}

impl Shop {
    #[cached(ttl = "1h", cache = self.prices, skip(self), tags = ["shop-{self.region}"])]
    async fn price(&self, item: u32) -> u32 {
        let _ = item;
        self.source.ask()
    }
}

#[tokio::test(start_paused = true)]
async fn caches_in_fields_are_reached_and_each_method_names_its_own_self() {
    let shop = |region| Shop {
        region,
        prices: FnCache::builder().build(),
        source: Source::new(),
    };
    let (north, south) = (shop("north"), shop("south"));
    assert_eq!((north.price(1).await, south.price(1).await), (1, 1));
    assert_eq!(invalidate_tag("shop-north").await.removed, 1);
    assert_eq!((north.price(1).await, south.price(1).await), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn an_entry_that_is_put_in_has_no_tags() {
    #[cached(ttl = "1h", skip(source), tags = ["put-in"])]
    async fn price(source: &Source, item: u32) -> u32 {
        let _ = item;
        source.ask()
    }

    let source = Source::new();
    assert_eq!(price(&source, 1).await, 1);
    price_cache().insert(1, 100).await;
    assert_eq!(invalidate_tag("put-in").await.removed, 0);
    assert_eq!(price(&source, 1).await, 100);
}

#[tokio::test(start_paused = true)]
async fn an_entry_has_the_tags_of_the_load_that_it_is_from() {
    #[cached(ttl = "1m", key = item, skip(source, tenant), tags = ["from:{tenant}"])]
    async fn price(source: &Source, item: u32, tenant: &str) -> u32 {
        let _ = (item, tenant);
        source.ask()
    }

    let source = Source::new();
    assert_eq!(price(&source, 1, "first").await, 1);
    assert_eq!(price(&source, 1, "second").await, 1, "a hit changes no tag");
    assert_eq!(invalidate_tag("from:second").await.removed, 0);
    advance(Duration::from_secs(60)).await;
    assert_eq!(price(&source, 1, "second").await, 2);
    assert_eq!(invalidate_tag("from:first").await.removed, 0);
    assert_eq!(invalidate_tag("from:second").await.removed, 1);
}

#[tokio::test(start_paused = true)]
async fn a_stale_answer_goes_too_and_stands_in_for_no_failure() {
    #[cached(ttl = "1m", stale_if_error = "1h", retry_after = "5m", skip(source, fails), tags = ["fallback"])]
    async fn price(source: &Source, fails: bool) -> Result<u32, String> {
        let answer = source.ask();
        if fails {
            Err("down".to_owned())
        } else {
            Ok(answer)
        }
    }

    let source = Source::new();
    assert_eq!(price(&source, false).await, Ok(1));
    advance(Duration::from_secs(61)).await;
    assert_eq!(price(&source, true).await, Ok(1), "it stands in");
    assert_eq!(invalidate_tag("fallback").await.removed, 1);
    assert_eq!(price(&source, true).await, Err("down".to_owned()));
    assert_eq!(price(&source, false).await, Ok(4), "and nothing is paused");
}

#[tokio::test(start_paused = true)]
async fn a_cached_error_has_the_tags_of_its_load() {
    #[cached(ttl = "1h", error_ttl = "1h", skip(source), tags = ["error"])]
    async fn price(source: &Source) -> Result<u32, u32> {
        Err(source.ask())
    }

    let source = Source::new();
    assert_eq!(price(&source).await, Err(1));
    assert_eq!(price(&source).await, Err(1));
    assert_eq!(invalidate_tag("error").await.removed, 1);
    assert_eq!(price(&source).await, Err(2));
}

#[tokio::test(start_paused = true)]
async fn what_was_evicted_is_not_counted() {
    #[cached(ttl = "1h", capacity = 10, skip(source), tags = ["evicted"])]
    async fn price(source: &Source, item: u32) -> u32 {
        let _ = item;
        source.ask()
    }

    let source = Source::new();
    for item in 0..1000 {
        price(&source, item).await;
    }
    let held = u64::try_from(price_cache().len()).expect("a small number");
    assert_eq!(invalidate_tag("evicted").await.removed, held);
    assert!(price_cache().is_empty());
}

#[tokio::test(start_paused = true)]
async fn instances_of_a_generic_function_are_all_reached() {
    #[cached(ttl = "1h", skip(source), tags = ["generic:{id}"])]
    async fn named<T: std::hash::Hash + Eq + Clone + Send + Sync + std::fmt::Display + 'static>(
        source: &Source,
        id: T,
    ) -> u32 {
        let _ = id;
        source.ask()
    }

    let source = Source::new();
    assert_eq!(named(&source, 7_u32).await, 1);
    assert_eq!(named(&source, "7".to_owned()).await, 2);
    assert_eq!(invalidate_tag("generic:7").await.removed, 2);
    assert_eq!(named(&source, 7_u32).await, 3);
}
