//! quick_cache, looked up by reference. It has no ttl.

use std::convert::Infallible;
use std::sync::LazyLock;

use quick_cache::sync::Cache;

use crate::keys::{Borrowed, Key};
use crate::place::{
    Awaited, Crowded, Filled, Growing, Hot, Missed, Narrow, Place, Scanned, Sparse, Wide, places,
};
use crate::table::Column;
use crate::way::Way;

/// `get`, and a load that is joined after a miss.
pub struct Get;

macro_rules! functions {
    ($($function:ident: $place:ty, $capacity:literal;)*) => {$(
        impl Way<$place> for Get {
            const COLUMN: Column = Column::Quick;

            async fn call(name: &str, number: u32) -> <$place as Place>::Value {
                static CACHE: LazyLock<Cache<Key, <$place as Place>::Value>> =
                    LazyLock::new(|| Cache::new($capacity));
                if let Some(value) = CACHE.get(&Borrowed(name, number)) {
                    return value;
                }
                let load = async { Ok::<_, Infallible>(<$place>::load(name, number).await) };
                let Ok(value) = CACHE.get_or_insert_async(&(name.to_owned(), number), load).await;
                value
            }
        }
    )*};
}

places!(functions);
