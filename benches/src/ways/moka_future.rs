//! moka's async cache, as most people write it: a tuple is the key, and its hasher is the default.

use std::sync::LazyLock;

use moka::future::Cache;

use super::TTL;
use crate::keys::Key;
use crate::place::{
    Awaited, Crowded, Filled, Growing, Hot, Missed, Narrow, Place, Scanned, Sparse, Wide, places,
};
use crate::table::Column;
use crate::way::Way;

/// `get`, and `insert` after a miss.
pub struct Get;

/// `get_with`, which loads once.
pub struct GetWith;

fn cache<V: Clone + Send + Sync + 'static>(capacity: u64) -> Cache<Key, V> {
    Cache::builder()
        .max_capacity(capacity)
        .time_to_live(TTL)
        .build()
}

macro_rules! functions {
    ($($function:ident: $place:ty, $capacity:literal;)*) => {$(
        mod $function {
            use super::*;
            type Value = <$place as Place>::Value;

            impl Way<$place> for Get {
                const COLUMN: Column = Column::MokaGet;

                async fn call(name: &str, number: u32) -> Value {
                    static CACHE: LazyLock<Cache<Key, Value>> = LazyLock::new(|| cache($capacity));
                    let key = (name.to_owned(), number);
                    if let Some(value) = CACHE.get(&key).await {
                        return value;
                    }
                    let value = <$place>::load(name, number).await;
                    CACHE.insert(key, value.clone()).await;
                    value
                }
            }

            impl Way<$place> for GetWith {
                const COLUMN: Column = Column::MokaGetWith;

                async fn call(name: &str, number: u32) -> Value {
                    static CACHE: LazyLock<Cache<Key, Value>> = LazyLock::new(|| cache($capacity));
                    CACHE
                        .get_with((name.to_owned(), number), <$place>::load(name, number))
                        .await
                }
            }
        }
    )*};
}

places!(functions);
