#![cfg_attr(docsrs, feature(doc_cfg))]
//! The run-time half of `cached-attr`. Use and read the documentation of that crate.

mod background;
mod builder;
mod cache;
mod cache_info;
mod call;
mod clock;
mod context;
mod counters;
mod entry;
mod error;
mod explanation;
mod handle;
mod key;
mod load_times;
mod lock;
mod lookup;
mod method_name;
#[cfg(feature = "metrics")]
pub mod metrics;
mod padded;
mod panics;
mod policy;
mod registry;
mod report;
mod return_type;
mod settings;
#[cfg(feature = "shared")]
mod shared;
mod site;
mod stats;
mod store;
pub mod testing;
mod text_key;
#[cfg(feature = "shared")]
pub mod tier;
mod ttl_env;
mod write_guard;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use background::{flush_background, flush_background_within, set_max_background};
pub use builder::Builder;
pub use cache::{CacheValue, FnCache, KeyFuture};
pub use cache_info::{CacheInfo, KnownTtl, TtlSource};
pub use call::LoadContext;
pub use context::{CacheControl, CacheControlExt, CacheStatus, ForwardReason, Scoped, WithStatus};
pub use error::{SharedError, TimedOut};
pub use explanation::{Explanation, NextCall};
pub use handle::{CacheHandle, Census, handles};
pub use key::{CacheKey, KeyRef, Unnamed, UnnamedKey};
pub use load_times::LoadTimes;
pub use report::{
    CheckError, caches, check, free_expired, invalidate_all, invalidate_tag, set_enabled, stats,
};
pub use settings::Setting;
pub use stats::Stats;
pub use ttl_env::TtlEnvError;
pub use write_guard::{Invalidation, TierReach, WriteGuard};
