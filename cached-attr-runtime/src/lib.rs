//! The run-time half of `cached-attr`: use that crate, its documentation tells the whole story.

mod builder;
mod cache;
mod call;
mod clock;
mod context;
mod control;
mod entry;
mod error;
mod facts;
mod flight;
mod instance;
mod key;
mod policy;
mod registry;
mod shape;
mod site;
mod sites;
#[allow(
    clippy::unused_self,
    reason = "method lookup is what chooses, and it needs a receiver"
)]
mod stand_in;
mod stats;
mod status;
mod store;
pub mod testing;
mod text;
#[cfg(feature = "shared")]
pub mod tier;
mod ttl_env;
mod valued;
mod waits;
mod write;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use builder::Builder;
pub use cache::{FnCache, Stored};
pub use context::Scoped;
pub use control::{CacheControl, CacheControlExt};
pub use error::SharedError;
pub use key::{Key, KeyRef};
pub use registry::{
    CacheInfo, CheckError, KnownTtl, TtlSource, caches, check, invalidate_all, set_enabled, stats,
};
pub use stats::Stats;
pub use status::{CacheStatus, Forward, WithStatus};
pub use ttl_env::EnvError;
pub use write::{Invalidated, Reach, WriteGuard};
