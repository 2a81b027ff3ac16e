//! `name` and `handle`.

use cached_attr::cached;

mod inner {
    use cached_attr::cached;

    #[cached(ttl = "1m")]
    pub(crate) async fn located(id: u32) -> u32 {
        id
    }
}

#[tokio::test]
async fn a_cache_is_named_after_its_module_and_function() {
    inner::located(1).await;
    assert!(
        inner::located_cache()
            .name()
            .ends_with("naming::inner::located"),
        "{}",
        inner::located_cache().name()
    );
}

mod methods {
    use cached_attr::cached;

    pub(super) struct Prices;
    pub(super) struct Stocks<T>(pub(super) T);

    impl Prices {
        #[cached(ttl = "1m", skip(self))]
        pub(super) async fn total(&self, id: u32) -> u32 {
            id
        }
    }

    impl<T: Sync> Stocks<T> {
        #[cached(ttl = "1m", skip(self))]
        pub(super) async fn total(&self, id: u32) -> u32 {
            id
        }
    }
}

#[tokio::test]
async fn the_type_of_a_method_is_a_part_of_its_name() {
    methods::Prices.total(1).await;
    methods::Stocks("a").total(1).await;
    methods::Stocks(1_u8).total(1).await;
    assert_eq!(
        methods::Prices::total_cache().name(),
        concat!(module_path!(), "::methods::Prices::total")
    );
    assert_eq!(
        methods::Stocks::<u8>::total_cache().name(),
        concat!(module_path!(), "::methods::Stocks::total")
    );
    let known = cached_attr::caches();
    let calls = |name: &str| {
        let info = known.iter().find(|cache| cache.name.ends_with(name));
        info.map(|info| info.stats.misses)
    };
    assert_eq!(calls("::methods::Prices::total"), Some(1));
    assert_eq!(calls("::methods::Stocks::total"), Some(2));
}

trait Source {
    #[cached(ttl = "1m", skip(self))]
    async fn quote(&self, id: u32) -> u32
    where
        Self: Sync,
    {
        id
    }
}

struct Here;
struct There;

impl Source for Here {}
impl Source for There {}

#[tokio::test]
async fn a_method_of_several_types_has_a_cache_for_each_and_one_row_without_a_type() {
    Here.quote(1).await;
    There.quote(1).await;
    assert!(
        <Here as Source>::quote_cache()
            .name()
            .ends_with("::Here::quote")
    );
    assert!(
        <There as Source>::quote_cache()
            .name()
            .ends_with("::There::quote")
    );
    let known = cached_attr::caches();
    let names: Vec<&str> = known.iter().map(|cache| &*cache.name).collect();
    assert!(
        names.contains(&concat!(module_path!(), "::quote")),
        "{names:?}"
    );
}

#[tokio::test]
async fn a_method_keeps_the_name_that_it_is_given() {
    struct Rates;

    impl Rates {
        #[cached(ttl = "1m", skip(self), name = "billing/method")]
        async fn named(&self) -> u32 {
            1
        }
    }

    Rates.named().await;
    assert_eq!(Rates::named_cache().name(), "billing/method");
}

#[tokio::test]
async fn companions_are_as_visible_as_the_function() {
    assert_eq!(inner::located_key(3), 3);
    inner::located_cache().insert(3, 33).await;
    assert_eq!(inner::located(3).await, 33);
}

#[tokio::test]
async fn name_is_another_name() {
    #[cached(ttl = "1m", name = "billing/rates")]
    async fn named() -> u32 {
        1
    }

    named().await;
    assert_eq!(named_cache().name(), "billing/rates");
    assert!(
        cached_attr::caches()
            .iter()
            .any(|cache| cache.name == "billing/rates")
    );
}

#[cached(ttl = "1m", handle = false)]
async fn alone(id: u32) -> u32 {
    id
}

/// Would collide with companions.
fn alone_cache() -> u32 {
    1
}

fn alone_key() -> u32 {
    2
}

#[tokio::test]
async fn without_a_handle_there_are_no_companions() {
    assert_eq!((alone(5).await, alone(5).await), (5, 5));
    assert_eq!(alone_cache() + alone_key(), 3);
    let known = cached_attr::caches();
    let info = known.iter().find(|cache| cache.name.ends_with("::alone"));
    assert_eq!(info.map(|info| info.stats.hits), Some(1));
}
