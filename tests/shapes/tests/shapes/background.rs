//! Loads that may run in the background, in every form of function.

use std::collections::HashMap;
use std::fmt::Debug;
use std::future::Future;
use std::hash::Hash;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::debug_handler;
use axum::extract::{Path, State};
use axum::response::Json;
use cached_attr::{FnCache, cached};
use cached_attr_tests::Source;
use tokio::time::advance;

const MINUTE: Duration = Duration::from_secs(60);

#[derive(Clone, Debug, Default)]
struct Shop(Arc<Source>);

impl Shop {
    async fn ask(&self) -> u32 {
        tokio::task::yield_now().await;
        self.0.ask()
    }
}

/// Calls until the answer has been loaded in the background: twice it is the first one, then the next.
async fn refreshes<F: Future<Output = u32>>(call: impl Fn() -> F) {
    let first = call().await;
    advance(MINUTE).await;
    assert_eq!(call().await, first, "stale");
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    assert_eq!(call().await, first + 1, "loaded in the background");
}

#[async_trait]
trait Store: Send + Sync {
    fn shop(&self) -> Shop;

    async fn price(&self, name: &str, part: Option<&str>) -> u32;

    #[cached(ttl = "1m", stale_while_revalidate = "1h", skip(self), handle = false)]
    async fn shared(self: Arc<Self>, id: u32) -> u32
    where
        Self: 'static,
    {
        let _ = id;
        self.shop().ask().await
    }
}

#[async_trait]
impl Store for Shop {
    fn shop(&self) -> Shop {
        self.clone()
    }

    #[cached(ttl = "1m", stale_while_revalidate = "1h", skip(self), handle = false)]
    async fn price(&self, name: &str, part: Option<&str>) -> u32 {
        let _ = (name, part);
        self.ask().await
    }
}

#[tokio::test(start_paused = true)]
async fn async_trait_methods() {
    let shop = Arc::new(Shop::default());
    refreshes(|| shop.price("a", Some("b"))).await;
    refreshes(|| shop.clone().shared(1)).await;
}

trait Plain: Clone + Send + Sync + 'static {
    fn shop(&self) -> &Shop;

    #[cached(ttl = "1m", stale_while_revalidate = "1h", key = id, skip(self), handle = false)]
    fn by_default(&self, id: u32) -> impl Future<Output = u32> + Send {
        async move {
            let _ = id;
            self.shop().ask().await
        }
    }
}

impl Plain for Shop {
    fn shop(&self) -> &Shop {
        self
    }
}

#[tokio::test(start_paused = true)]
async fn default_methods() {
    let shop = Shop::default();
    refreshes(|| shop.by_default(1)).await;
}

#[cached(ttl = "1m", stale_while_revalidate = "1h", skip(shop))]
fn returned<'a>(shop: &'a Shop, id: u32) -> impl Future<Output = u32> + Send + 'a {
    async move {
        let _ = id;
        shop.ask().await
    }
}

#[cached(ttl = "1m", stale_while_revalidate = "1h", skip(shop))]
fn boxed<'a>(shop: &'a Shop, name: &'a str) -> Pin<Box<dyn Future<Output = u32> + Send + 'a>> {
    let _ = name;
    Box::pin(async move {
        let _ = name;
        shop.ask().await
    })
}

#[tokio::test(start_paused = true)]
async fn functions_that_return_futures() {
    let shop = Shop::default();
    refreshes(|| returned(&shop, 1)).await;
    refreshes(|| boxed(&shop, "a")).await;
}

#[cached(ttl = "1m", stale_while_revalidate = "1h", skip(shop, read))]
async fn with_a_closure<R, Fut>(
    shop: Shop,
    key: impl Into<String> + Clone + Debug + Hash + Eq + Send + Sync + 'static,
    read: R,
) -> u32
where
    R: FnOnce(Shop) -> Fut + Send + 'static,
    Fut: Future<Output = u32> + Send,
{
    let _: String = key.into();
    read(shop).await
}

#[cached(ttl = "100s", refresh_ahead = 0.5, skip(shop, tags))]
async fn generic<T, const N: usize>(shop: &Shop, value: &T, tags: [u8; N]) -> u32
where
    T: ?Sized + ToOwned + Hash + Eq + Sync + 'static,
    T::Owned: Clone + Hash + Eq + Send + Sync + 'static,
{
    let _ = (value.to_owned(), tags);
    shop.ask().await
}

#[tokio::test(start_paused = true)]
async fn generic_functions() {
    let shop = Shop::default();
    refreshes(|| generic(&shop, "a", [1, 2])).await;
    refreshes(|| {
        with_a_closure(
            shop.clone(),
            "a",
            |shop: Shop| async move { shop.ask().await },
        )
    })
    .await;
}

#[derive(Clone)]
struct App {
    shop: Shop,
}

#[debug_handler]
#[cached(ttl = "1m", stale_while_revalidate = "1h", key = slug, skip(app))]
async fn article(State(app): State<App>, Path(mut slug): Path<String>) -> Json<u32> {
    slug.push('!');
    Json(app.shop.ask().await)
}

#[tokio::test(start_paused = true)]
async fn handlers() {
    let app = App {
        shop: Shop::default(),
    };
    refreshes(async || {
        let Json(answer) = article(State(app.clone()), Path("a".to_owned())).await;
        answer
    })
    .await;
}

#[derive(Clone, Debug)]
struct Service {
    shop: Shop,
    names: HashMap<u32, String>,
    cache: FnCache<u32, u32>,
}

impl Service {
    fn new() -> Self {
        Service {
            shop: Shop::default(),
            names: HashMap::from([(1, "one".to_owned())]),
            cache: FnCache::builder().build(),
        }
    }

    #[cached(ttl = "1m", stale_while_revalidate = "1h", skip(self))]
    async fn held(self: Arc<Self>, id: u32) -> u32 {
        let _ = self.names.get(&id);
        self.shop.ask().await
    }

    #[cached(ttl = "1m", stale_while_revalidate = "1h", skip(self))]
    async fn behind(self: &Arc<Self>, id: u32) -> u32 {
        let _ = id;
        let other = Arc::clone(self);
        other.shop.ask().await
    }

    #[cached(ttl = "1m", stale_while_revalidate = "1h", skip(self))]
    async fn by_value(mut self, id: u32) -> u32 {
        self.names.insert(id, String::new());
        self.shop.ask().await
    }

    #[cached(ttl = "1m", stale_while_revalidate = "1h", cache = self.cache, key = id, skip(self))]
    async fn in_a_field(&self, id: u32) -> u32 {
        let _ = id;
        self.shop.ask().await
    }

    #[cached(ttl = "1m", stale_while_revalidate = "1h", key = (self.names.len(), id))]
    async fn by_fields(&self, id: u32) -> u32 {
        let _ = id;
        self.shop.ask().await
    }

    #[cached(ttl = "1m", stale_while_revalidate = "1h", key = id, skip(self))]
    async fn everywhere(&self, id: u32) -> u32 {
        use std::fmt::{self, Write as _};

        #[allow(clippy::needless_pub_self, reason = "a visibility is not the argument")]
        pub(self) struct Own<'a>(&'a Service);

        impl fmt::Display for Own<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{self:p} {}", self.0.names.len())
            }
        }

        mod inner {
            use self::deep::one;

            mod deep {
                pub(super) fn one() -> u32 {
                    1
                }
            }

            const MORE: u32 = 1;

            pub(super) fn two() -> u32 {
                one() + MORE
            }
        }

        macro_rules! names {
            ($this:expr) => {
                $this.names.len()
            };
        }

        let mut text = String::new();
        write!(text, "{self:?} {{self}} {0} {id}", self.names.len()).expect("a text");
        assert!(text.contains("one"), "{self:?}");
        assert!(text.contains("{self}"));
        assert_eq!(
            names!(self),
            1,
            "{self:#?} has {len}",
            len = self.names.len()
        );
        assert!(Own(self).to_string().ends_with('1'));
        assert_eq!(inner::two(), 2);
        let Self { shop, .. } = self;
        let ask = || self.shop.ask();
        let again = async { self.shop.0.asked() };
        let _ = (again.await, shop, self.clone().names);
        let plain = "{self}";
        assert_eq!(plain.len(), 6);
        ask().await
    }
}

#[tokio::test(start_paused = true)]
async fn methods() {
    let service = Service::new();
    refreshes(|| service.in_a_field(1)).await;
    refreshes(|| service.by_fields(1)).await;
    refreshes(|| service.everywhere(1)).await;
    refreshes(|| service.clone().by_value(1)).await;
    let service = Arc::new(service);
    refreshes(|| service.clone().held(1)).await;
    refreshes(|| service.behind(1)).await;
}

async fn rate(shop: &Shop, name: &str) -> u32 {
    let _ = name;
    shop.ask().await
}

#[cached(ttl = "1m", stale_while_revalidate = "1h", skip(shop))]
#[cached(let rate = rate(shop, &name).await, ttl = "1s", stale_while_revalidate = "1h", skip(shop))]
async fn over_a_resource(shop: &Shop, name: String) -> u32 {
    let _ = name.into_bytes();
    rate
}

#[tokio::test(start_paused = true)]
async fn a_function_over_a_resource() {
    let shop = Shop::default();
    let call = || over_a_resource(&shop, "a".to_owned());
    assert_eq!(call().await, 1);
    advance(MINUTE).await;
    assert_eq!(call().await, 1);
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
    // The load took the stale rate, and began the load of the next.
    assert_eq!((call().await, shop.0.asked()), (1, 2));
    advance(MINUTE).await;
    assert_eq!(call().await, 1);
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
    assert_eq!(call().await, 2);
}
