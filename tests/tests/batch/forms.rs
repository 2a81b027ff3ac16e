//! Every form of function.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Display;
use std::hash::Hash;
use std::pin::Pin;
use std::sync::Arc;

use cached_attr::{cached, invalidates};

use crate::{Fault, Shop, sorted};

#[tokio::test]
async fn a_generic_function_has_a_batch_for_each_instance() {
    #[cached(ttl = "1m", batch = ids, handle = false)]
    #[allow(clippy::unused_async, reason = "it stands for a request")]
    async fn named<T>(ids: Vec<T>) -> HashMap<T, String>
    where
        T: Hash + Eq + Clone + Display + Send + Sync + 'static,
    {
        let named = ids.into_iter().map(|id| (id.clone(), format!("{id}!")));
        named.collect()
    }

    assert_eq!(named(vec![1, 2]).await[&2], "2!");
    assert_eq!(named(vec!["1", "2"]).await["2"], "2!");
}

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

trait Prices {
    fn prices(&self, ids: Vec<u32>) -> Boxed<'_, Result<HashMap<u32, u32>, Fault>>;
}

/// As `async_trait` leaves it.
impl Prices for Shop {
    #[cached(ttl = "1m", batch = ids, skip(self), handle = false)]
    fn prices<'a>(
        &'a self,
        ids: Vec<u32>,
    ) -> Pin<Box<dyn Future<Output = Result<HashMap<u32, u32>, Fault>> + Send + 'a>> {
        Box::pin(async move { Shop::prices(self, ids).await })
    }
}

#[tokio::test]
async fn the_boxed_method_of_a_trait() {
    let shop = Shop::new();
    assert_eq!(
        sorted(Prices::prices(&shop, vec![1, 2]).await),
        [(1, 10), (2, 20)]
    );
    assert_eq!(
        sorted(Prices::prices(&shop, vec![2, 3]).await),
        [(2, 20), (3, 30)]
    );
    assert_eq!(shop.asked(), [vec![1, 2], vec![3]]);
}

struct Service(Shop);

impl Service {
    #[cached(ttl = "1m", batch = ids, skip(self))]
    async fn of(self: Arc<Self>, mut ids: Vec<u32>) -> Result<HashMap<u32, u32>, Fault> {
        ids.reverse();
        self.0.prices(ids).await
    }

    #[cached(ttl = "1m", batch = ids, key = (tenant, ids), skip(self, shops))]
    async fn with_values(
        &self,
        tenant: String,
        shops: impl AsRef<Shop> + Clone,
        ids: Vec<u32>,
    ) -> Result<HashMap<u32, String>, Fault> {
        let prices = shops.as_ref().prices(ids).await?;
        let named = |(id, price)| (id, format!("{tenant}{price}"));
        Ok(prices.into_iter().map(named).collect())
    }
}

#[tokio::test]
async fn methods_that_take_a_shared_self() {
    let service = Arc::new(Service(Shop::new()));
    let spawned = tokio::spawn(Arc::clone(&service).of(vec![1, 2]));
    assert_eq!(sorted(spawned.await.expect("no panic")), [(1, 10), (2, 20)]);
    assert_eq!(sorted(Arc::clone(&service).of(vec![2]).await), [(2, 20)]);
    assert_eq!(service.0.asked(), [vec![1, 2]]);
}

#[tokio::test]
async fn arguments_by_value_are_cloned_for_each_body() {
    let (service, shop) = (Service(Shop::new()), Arc::new(Shop::new()));
    let answer = service.with_values("a".into(), Arc::clone(&shop), vec![1, 2]);
    assert_eq!(answer.await.expect("no fault")[&2], "a20");
    assert_eq!(shop.asked(), [vec![1, 2]]);
}

#[tokio::test]
async fn a_writer_names_an_item() {
    #[cached(ttl = "1m", batch = ids, skip(shop))]
    async fn prices(shop: &Shop, ids: Vec<u32>) -> Result<BTreeMap<u32, u32>, Fault> {
        Ok(shop.prices(ids).await?.into_iter().collect())
    }

    #[invalidates(prices(id))]
    async fn put(id: u32) {}

    let shop = Shop::new();
    prices(&shop, vec![1, 2]).await.expect("no fault");
    put(2).await;
    prices(&shop, vec![1, 2]).await.expect("no fault");
    assert_eq!(shop.asked(), [vec![1, 2], vec![2]]);
}

#[tokio::test]
async fn errors_are_shared_with_those_who_wait() {
    #[derive(Debug, PartialEq)]
    struct Foreign(String);

    impl Display for Foreign {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str(&self.0)
        }
    }

    impl std::error::Error for Foreign {}

    #[cached(ttl = "1m", batch = ids, skip(shop), share_error = |error| Foreign(format!("shared: {error}")))]
    async fn prices(shop: &Shop, ids: Vec<u32>) -> Result<HashMap<u32, u32>, Foreign> {
        let prices = shop.prices(ids).await;
        prices.map_err(|error| Foreign(format!("{error:?}")))
    }

    let shop = Shop::new();
    shop.takes(crate::SECOND);
    shop.fails(true);
    let (first, second) = tokio::join!(prices(&shop, vec![1, 2]), prices(&shop, vec![2]));
    assert_eq!(first, Err(Foreign("Down".into())));
    assert_eq!(second, Err(Foreign("shared: Down".into())));
    assert_eq!(shop.asked().len(), 1);
}
