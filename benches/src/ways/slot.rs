//! Functions without arguments: one answer, no map.

use std::sync::{Arc, LazyLock};

use moka::future::Cache;

use super::TTL;
use crate::place::{Hot, Place as _};
use crate::table::Column;
use crate::way::SlotWay;

/// This crate.
pub struct CachedAttr;

/// `#[once(ttl_secs = …)]` of `cached`.
pub struct Once;

/// moka with a key that says nothing.
pub struct Moka;

async fn load() -> Arc<str> {
    Hot::<Arc<str>>::load("instrument-00000", 0).await
}

mod ours {
    /// The function that is measured.
    #[cached_attr::cached(ttl = "1h")]
    pub(super) async fn answer() -> std::sync::Arc<str> {
        super::load().await
    }
}

mod once {
    #[cached::macros::once(ttl_secs = 3600)]
    pub(super) async fn answer() -> std::sync::Arc<str> {
        super::load().await
    }
}

impl SlotWay for CachedAttr {
    const COLUMN: Column = Column::CachedAttr;

    fn call() -> impl Future<Output = Arc<str>> + Send {
        ours::answer()
    }
}

impl SlotWay for Once {
    const COLUMN: Column = Column::Cached;

    fn call() -> impl Future<Output = Arc<str>> + Send {
        once::answer()
    }
}

impl SlotWay for Moka {
    const COLUMN: Column = Column::MokaGet;

    async fn call() -> Arc<str> {
        static CACHE: LazyLock<Cache<(), Arc<str>>> =
            LazyLock::new(|| Cache::builder().max_capacity(1).time_to_live(TTL).build());
        if let Some(value) = CACHE.get(&()).await {
            return value;
        }
        let value = load().await;
        CACHE.insert((), value.clone()).await;
        value
    }
}
