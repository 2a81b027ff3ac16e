//! papaya, a lock-free map: the floor under everything that reads one.

use std::sync::LazyLock;
use std::time::Instant;

use papaya::HashMap;

use super::TTL;
use crate::keys::{Borrowed, Key};
use crate::place::{
    Awaited, Crowded, Filled, Growing, Hot, Missed, Narrow, Place, Scanned, Sparse, Wide, places,
};
use crate::table::Column;
use crate::way::Way;

/// A lookup and nothing else.
pub struct Get;

/// A lookup and a look at the clock.
pub struct GetYoung;

type Map<V> = HashMap<Key, V, foldhash::fast::RandomState>;

macro_rules! functions {
    ($($function:ident: $place:ty, $capacity:literal;)*) => {$(
        mod $function {
            use super::*;
            type Value = <$place as Place>::Value;

            impl Way<$place> for Get {
                const COLUMN: Column = Column::Papaya;

                async fn call(name: &str, number: u32) -> Value {
                    static MAP: LazyLock<Map<Value>> = LazyLock::new(Map::default);
                    if let Some(value) = MAP.pin().get(&Borrowed(name, number)) {
                        return value.clone();
                    }
                    let value = <$place>::load(name, number).await;
                    MAP.pin().insert((name.to_owned(), number), value.clone());
                    value
                }
            }

            impl Way<$place> for GetYoung {
                const COLUMN: Column = Column::PapayaClock;

                async fn call(name: &str, number: u32) -> Value {
                    static MAP: LazyLock<Map<(Value, Instant)>> = LazyLock::new(Map::default);
                    if let Some((value, loaded_at)) = MAP.pin().get(&Borrowed(name, number))
                        && loaded_at.elapsed() < TTL
                    {
                        return value.clone();
                    }
                    let loaded_at = Instant::now();
                    let value = <$place>::load(name, number).await;
                    MAP.pin()
                        .insert((name.to_owned(), number), (value.clone(), loaded_at));
                    value
                }
            }
        }
    )*};
}

places!(functions);
