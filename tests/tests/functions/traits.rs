//! Methods of traits: implementations and default bodies, with `handle = false`.

use cached_attr::cached;
use cached_attr_tests::Source;

trait Prices {
    fn source(&self) -> &Source;

    async fn price(&self, id: u32) -> u32;

    #[cached(ttl = "1m", skip(self), handle = false)]
    async fn doubled(&self, id: u32) -> u32 {
        2 * self.source().ask() + id
    }
}

struct Shop(Source);
struct Market(Source);

impl Prices for Shop {
    fn source(&self) -> &Source {
        &self.0
    }

    #[cached(ttl = "1m", skip(self), handle = false)]
    async fn price(&self, id: u32) -> u32 {
        self.0.ask() + id
    }
}

impl Prices for Market {
    fn source(&self) -> &Source {
        &self.0
    }

    #[cached(ttl = "1m", skip(self), handle = false)]
    async fn price(&self, id: u32) -> u32 {
        1000 + self.0.ask() + id
    }
}

#[tokio::test]
async fn implementations_of_one_trait_never_share_an_entry() {
    let (shop, market) = (Shop(Source::new()), Market(Source::new()));
    assert_eq!((shop.price(1).await, market.price(1).await), (2, 1002));
    assert_eq!((shop.price(1).await, market.price(1).await), (2, 1002));
}

#[tokio::test]
async fn a_default_body_has_a_cache_for_each_implementation() {
    let (shop, market) = (Shop(Source::new()), Market(Source::new()));
    market.0.ask();
    assert_eq!(shop.doubled(0).await, 2);
    assert_eq!(market.doubled(0).await, 4);
    assert_eq!((shop.doubled(0).await, market.doubled(0).await), (2, 4));
}

trait Named {
    async fn name() -> String;
}

impl Named for Shop {
    #[cached(ttl = "1m", handle = false)]
    async fn name() -> String {
        "shop".to_owned()
    }
}

impl Named for Market {
    #[cached(ttl = "1m", handle = false)]
    async fn name() -> String {
        "market".to_owned()
    }
}

#[tokio::test]
async fn associated_functions_of_a_trait_never_share_an_entry() {
    assert_eq!(
        (Shop::name().await, Market::name().await),
        ("shop".to_owned(), "market".to_owned())
    );
}

impl<T: Prices> Prices for Vec<T> {
    fn source(&self) -> &Source {
        self[0].source()
    }

    #[cached(ttl = "1m", skip(self), handle = false)]
    async fn price(&self, id: u32) -> u32 {
        self.source().ask() + id
    }
}

#[tokio::test]
async fn generic_implementations_work() {
    let (shops, markets) = (vec![Shop(Source::new())], vec![Market(Source::new())]);
    markets[0].0.ask();
    assert_eq!((shops.price(10).await, markets.price(10).await), (11, 12));
    assert_eq!((shops.price(10).await, markets.price(10).await), (11, 12));
}

trait Stock {
    fn stock(&self, id: u32) -> impl Future<Output = u32> + Send;
}

impl Stock for Shop {
    #[cached(ttl = "1m", skip(self), handle = false)]
    async fn stock(&self, id: u32) -> u32 {
        self.0.ask() + id
    }
}

#[tokio::test]
async fn a_method_that_the_trait_wants_send_is_send() {
    let shop = std::sync::Arc::new(Shop(Source::new()));
    let call = tokio::spawn({
        let shop = std::sync::Arc::clone(&shop);
        async move { shop.stock(5).await }
    });
    assert_eq!(call.await.ok(), Some(6));
    assert_eq!(shop.stock(5).await, 6);
}
