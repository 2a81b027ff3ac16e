//! The crate `cached`, through its attributes. With a text among the arguments both need to be told the key.

use cached::macros::{cached, concurrent_cached};

use crate::place::{
    Awaited, Crowded, Filled, Growing, Hot, Missed, Narrow, Place, Scanned, Sparse, Wide, places,
};
use crate::table::Column;
use crate::way::Way;

/// `#[concurrent_cached(ttl_secs = …)]`
pub struct Concurrent;

/// `#[cached(ttl_secs = …)]`
pub struct Cached;

/// The same with `max_size`.
pub struct Limited<W>(W);

macro_rules! functions {
    ($($function:ident: $place:ty, $capacity:literal;)*) => {$(
        mod $function {
            use super::*;
            type Value = <$place as Place>::Value;

            #[concurrent_cached(ttl_secs = 3600, key = "(String, u32)", convert = { (name.to_owned(), number) })]
            async fn concurrent(name: &str, number: u32) -> Value {
                <$place>::load(name, number).await
            }

            #[cached(ttl_secs = 3600, key = "(String, u32)", convert = { (name.to_owned(), number) })]
            async fn plain(name: &str, number: u32) -> Value {
                <$place>::load(name, number).await
            }

            #[concurrent_cached(max_size = $capacity, ttl_secs = 3600, key = "(String, u32)", convert = { (name.to_owned(), number) })]
            async fn concurrent_limited(name: &str, number: u32) -> Value {
                <$place>::load(name, number).await
            }

            #[cached(max_size = $capacity, ttl_secs = 3600, key = "(String, u32)", convert = { (name.to_owned(), number) })]
            async fn plain_limited(name: &str, number: u32) -> Value {
                <$place>::load(name, number).await
            }

            impl Way<$place> for Concurrent {
                const COLUMN: Column = Column::Concurrent;

                fn call(name: &str, number: u32) -> impl Future<Output = Value> + Send {
                    concurrent(name, number)
                }
            }

            impl Way<$place> for Cached {
                const COLUMN: Column = Column::Cached;

                fn call(name: &str, number: u32) -> impl Future<Output = Value> + Send {
                    plain(name, number)
                }
            }

            impl Way<$place> for Limited<Concurrent> {
                const COLUMN: Column = Column::Concurrent;

                fn call(name: &str, number: u32) -> impl Future<Output = Value> + Send {
                    concurrent_limited(name, number)
                }
            }

            impl Way<$place> for Limited<Cached> {
                const COLUMN: Column = Column::Cached;

                fn call(name: &str, number: u32) -> impl Future<Output = Value> + Send {
                    plain_limited(name, number)
                }
            }
        }
    )*};
}

places!(functions);
