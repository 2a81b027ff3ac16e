//! The contenders, a file each, written as their users write them.

pub mod cached_attr;
pub mod cached_crate;
pub mod moka_future;
pub mod moka_sync;
pub mod papaya;
pub mod quick_cache;
pub mod slot;

use std::time::Duration;

/// How long everybody's answers live: longer than any run.
const TTL: Duration = Duration::from_hours(1);
