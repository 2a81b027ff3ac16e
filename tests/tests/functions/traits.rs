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

trait Described: Sized + 'static {
    #[cached(ttl = "1m", handle = false)]
    async fn described() -> String {
        std::any::type_name::<Self>().to_owned()
    }

    #[cached(ttl = "1m", skip(self), handle = false)]
    async fn pair<T: 'static>(&self, id: u32) -> String {
        let (mine, others) = (std::any::type_name::<Self>(), std::any::type_name::<T>());
        format!("{mine} {others} {id}")
    }
}

impl Described for u8 {}
impl Described for u16 {}
impl<T: 'static> Described for Vec<T> {}

#[tokio::test]
async fn default_bodies_without_self_have_a_cache_for_each_implementation() {
    for _ in 0..2 {
        assert_eq!(u8::described().await, "u8");
        assert_eq!(u16::described().await, "u16");
        assert_eq!(Vec::<u8>::described().await, "alloc::vec::Vec<u8>");
        assert_eq!(Vec::<u16>::described().await, "alloc::vec::Vec<u16>");
    }
}

#[tokio::test]
async fn generic_methods_of_traits_have_a_cache_for_each_pair_of_types() {
    for _ in 0..2 {
        assert_eq!(1u8.pair::<u16>(1).await, "u8 u16 1");
        assert_eq!(1u16.pair::<u8>(1).await, "u16 u8 1");
        assert_eq!(1u8.pair::<u8>(1).await, "u8 u8 1");
    }
}

struct Wrapper<T>(T);

impl<T: Clone + Send + Sync + 'static> Wrapper<T> {
    #[cached(ttl = "1m", skip(self))]
    async fn both<U: Into<u64> + Clone + std::hash::Hash + Eq + Send + Sync + 'static>(
        &self,
        value: U,
    ) -> String {
        let (mine, theirs) = (std::any::type_name::<T>(), std::any::type_name::<U>());
        format!("{mine} {theirs} {}", value.into())
    }
}

#[tokio::test]
async fn generic_methods_of_generic_types_have_a_cache_for_each_pair_of_types() {
    let (text, number) = (Wrapper("a"), Wrapper(1.5));
    for _ in 0..2 {
        assert_eq!(text.both(1u8).await, "&str u8 1");
        assert_eq!(text.both(1u16).await, "&str u16 1");
        assert_eq!(number.both(1u8).await, "f64 u8 1");
    }
    assert_eq!((text.0, number.0), ("a", 1.5));
    assert_eq!(Wrapper::<f64>::both_cache::<u8>().len(), 1);
}
