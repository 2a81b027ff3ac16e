//! Places: the caches that every contender fills, each with a value, a capacity and a load of its own.

use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A remembered value.
pub trait Value: Clone + Send + Sync + 'static {
    /// The answer for a key.
    fn make(name: &str, number: u32) -> Self;
}

/// What follows the name. The load itself is to cost next to nothing.
const REST: &str = " is what the function answers, 64 bytes in all..";

impl Value for Arc<str> {
    fn make(name: &str, number: u32) -> Self {
        String::make(name, number).into()
    }
}

impl Value for String {
    fn make(name: &str, _: u32) -> Self {
        let mut answer = String::with_capacity(name.len() + REST.len());
        answer.push_str(name);
        answer.push_str(REST);
        answer
    }
}

impl Value for Arc<[u8]> {
    fn make(_: &str, number: u32) -> Self {
        vec![number.to_le_bytes()[0]; 64 << 10].into()
    }
}

/// What is remembered where, and how it is loaded.
pub trait Place {
    /// What is remembered.
    type Value: Value;

    /// The function's body: nothing happens before it is awaited.
    #[must_use = "it loads when it is awaited"]
    fn load(name: &str, number: u32) -> impl Future<Output = Self::Value> + Send {
        async move { Self::Value::make(name, number) }
    }
}

/// Few entries, read over and over.
pub struct Hot<V>(PhantomData<V>);

impl<V: Value> Place for Hot<V> {
    type Value = V;
}

/// How many loads have begun in the places that count them.
pub static LOADS: AtomicU64 = AtomicU64::new(0);

macro_rules! places_of_arcs {
    ($($(#[$about:meta])* $name:ident)*) => {$(
        $(#[$about])*
        pub struct $name;

        impl Place for $name {
            type Value = Arc<str>;

            async fn load(name: &str, number: u32) -> Arc<str> {
                LOADS.fetch_add(1, Ordering::Relaxed);
                Value::make(name, number)
            }
        }
    )*};
}

places_of_arcs! {
    /// Few entries, read over and over, in a cache so small that its policy has to listen.
    Crowded
    /// Every key is new.
    Missed
    /// The same, with room for all of them twice.
    Growing
    /// Room for millions.
    Wide
    /// Filled nearly to the brim, once.
    Filled
    /// Filled to a hundredth, once.
    Sparse
    /// Room for one entry in a hundred.
    Narrow
    /// The same, for requests with a scan among them.
    Scanned
}

/// A load that takes a while, with everybody waiting for it.
pub struct Awaited;

impl Place for Awaited {
    type Value = Arc<str>;

    async fn load(name: &str, number: u32) -> Arc<str> {
        LOADS.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(20)).await;
        Value::make(name, number)
    }
}

/// Hands every place, with the capacity of its cache, to a contender's macro.
macro_rules! places {
    ($functions:ident) => {
        $functions! {
            hot_shared: Hot<std::sync::Arc<str>>, 10_000;
            hot_owned: Hot<String>, 10_000;
            hot_large: Hot<std::sync::Arc<[u8]>>, 10_000;
            crowded: Crowded, 1_500;
            missed: Missed, 10_000;
            growing: Growing, 10_000_000;
            wide: Wide, 2_000_000;
            filled: Filled, 110_000;
            sparse: Sparse, 10_000_000;
            narrow: Narrow, 1_000;
            scanned: Scanned, 1_000;
            awaited: Awaited, 10_000;
        }
    };
}

pub(crate) use places;
