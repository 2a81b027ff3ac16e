//! moka's blocking cache, which never blocks for long.

use std::sync::LazyLock;

use moka::sync::Cache;

use super::TTL;
use crate::keys::Key;
use crate::place::{
    Awaited, Crowded, Filled, Growing, Hot, Missed, Narrow, Place, Scanned, Sparse, Wide, places,
};
use crate::table::Column;
use crate::way::Way;

/// `get`, and `insert` after a miss.
pub struct Get;

macro_rules! functions {
    ($($function:ident: $place:ty, $capacity:literal;)*) => {$(
        impl Way<$place> for Get {
            const COLUMN: Column = Column::MokaSync;

            async fn call(name: &str, number: u32) -> <$place as Place>::Value {
                static CACHE: LazyLock<Cache<Key, <$place as Place>::Value>> = LazyLock::new(|| {
                    Cache::builder().max_capacity($capacity).time_to_live(TTL).build()
                });
                let key = (name.to_owned(), number);
                if let Some(value) = CACHE.get(&key) {
                    return value;
                }
                let value = <$place>::load(name, number).await;
                CACHE.insert(key, value.clone());
                value
            }
        }
    )*};
}

places!(functions);
