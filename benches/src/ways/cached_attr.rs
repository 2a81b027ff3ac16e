//! This crate, through its attribute.

use cached_attr::cached;

use crate::place::{
    Awaited, Crowded, Filled, Growing, Hot, Missed, Narrow, Place, Scanned, Sparse, Wide, places,
};
use crate::table::Column;
use crate::way::Way;

/// `#[cached(ttl = …)]`
pub struct CachedAttr;

macro_rules! functions {
    ($($function:ident: $place:ty, $capacity:literal;)*) => {$(
        /// One of the functions that are measured.
        #[cached(ttl = "1h", capacity = $capacity)]
        pub async fn $function(name: &str, number: u32) -> <$place as Place>::Value {
            <$place>::load(name, number).await
        }

        impl Way<$place> for CachedAttr {
            const COLUMN: Column = Column::CachedAttr;

            fn call(name: &str, number: u32) -> impl Future<Output = <$place as Place>::Value> + Send {
                $function(name, number)
            }
        }
    )*};
}

places!(functions);
