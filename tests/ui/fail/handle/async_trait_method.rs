//! What `#[async_trait]` leaves of an `async fn` in an `impl` of a trait.

use std::pin::Pin;

use cached_attr::cached;

trait Prices {
    fn price<'life0, 'async_trait>(
        &'life0 self,
        item: u32,
    ) -> Pin<Box<dyn Future<Output = u32> + Send + 'async_trait>>
    where
        'life0: 'async_trait,
        Self: 'async_trait;
}

struct Shop;

impl Prices for Shop {
    #[cached(ttl = "5m", skip(self))]
    fn price<'life0, 'async_trait>(
        &'life0 self,
        item: u32,
    ) -> Pin<Box<dyn Future<Output = u32> + Send + 'async_trait>>
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        Box::pin(async move { item })
    }
}

fn main() {
    let _ = Shop.price(1);
}
