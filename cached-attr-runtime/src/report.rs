//! What all caches of the process do, and switching them together.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::context::Context;
use crate::policy::{NEVER, Policy, Ttl};
use crate::registry;
use crate::site::{DeclaredTtl, Site, linked};
use crate::stats::Stats;
use crate::store::{self, Store};
use crate::ttl_env::TtlEnvError;
use crate::write_guard::Invalidation;

/// The stores that are meant here: inside `isolated` a test's own.
fn active_stores() -> Vec<Arc<Store>> {
    let context = Context::current();
    let stores = registry::stores();
    stores
        .iter()
        .map(|store| context.active_store(store))
        .collect()
}

/// Where the lifetime of a function's answers comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TtlSource {
    /// The attribute.
    Attribute,
    /// The environment variable that `ttl_env` names.
    Environment(&'static str),
    /// [`FnCache::set_ttl`](crate::FnCache::set_ttl).
    Override,
}

/// A lifetime, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KnownTtl {
    /// So long; zero is off.
    Fixed(Duration),
    /// For ever.
    Never,
    /// Each value says.
    PerValue,
    /// An expression that is computed when the function is first called.
    Unknown,
}

/// One cached function.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CacheInfo {
    /// The function's path, or what `name = …` says.
    pub name: &'static str,
    /// How long its answers are trusted.
    pub ttl: KnownTtl,
    /// Who says so.
    pub ttl_source: TtlSource,
    /// What its cache has done; of a generic function, all its instances together.
    pub stats: Stats,
}

/// Every cached function that is linked into this program, also those not yet called, ordered by name.
///
/// ```
/// for cache in cached_attr_runtime::caches() {
///     println!("{} keeps answers {:?} ({:?})", cache.name, cache.ttl, cache.ttl_source);
/// }
/// ```
#[must_use]
pub fn caches() -> Vec<CacheInfo> {
    let mut caches: Vec<_> = linked::all().map(info).collect();
    caches.sort_by_key(|cache| cache.name);
    caches
}

fn info(site: &'static Site) -> CacheInfo {
    let context = Context::current();
    let stores = site.stores();
    let used = stores
        .first()
        .map(|(store, policy)| (context.active_store(store), policy));
    let (ttl, ttl_source) = match (&used, site.read_env(), site.ttl_env) {
        (Some((store, policy)), env, variable) => match (store.ttl_override(), env, variable) {
            (Some(set), _, _) => (known(set), TtlSource::Override),
            (None, Some(Ok(_)), Some(variable)) => {
                (of_policy(policy), TtlSource::Environment(variable))
            }
            _ => (of_policy(policy), TtlSource::Attribute),
        },
        (None, Some(Ok(ttl)), Some(variable)) => {
            (KnownTtl::Fixed(ttl), TtlSource::Environment(variable))
        }
        _ => (declared(site.declared), TtlSource::Attribute),
    };
    let stats = stores
        .iter()
        .map(|(store, policy)| context.active_store(store).stats(policy))
        .reduce(Stats::plus)
        .unwrap_or(Stats {
            enabled: store::are_all_enabled() && ttl != KnownTtl::Fixed(Duration::ZERO),
            ..Stats::default()
        });
    CacheInfo {
        name: site.name(),
        ttl,
        ttl_source,
        stats,
    }
}

fn known(nanos: u64) -> KnownTtl {
    if nanos == NEVER {
        KnownTtl::Never
    } else {
        KnownTtl::Fixed(Duration::from_nanos(nanos))
    }
}

fn of_policy(policy: &Policy) -> KnownTtl {
    match policy.ttl {
        Ttl::Fixed(ttl) => known(ttl),
        Ttl::PerValue(_) => KnownTtl::PerValue,
    }
}

fn declared(declared: DeclaredTtl) -> KnownTtl {
    match declared {
        DeclaredTtl::Fixed(nanos) => known(nanos),
        DeclaredTtl::Never => KnownTtl::Never,
        DeclaredTtl::Computed => KnownTtl::Unknown,
    }
}

/// What [`check`] found, all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckError {
    /// The environment variables that hold no lifetime.
    pub variables: Vec<TtlEnvError>,
}

impl fmt::Display for CheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, error) in self.variables.iter().enumerate() {
            if nth > 0 {
                f.write_str("; ")?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}

impl Error for CheckError {}

/// Checks, for start-up, what the environment says about every cached function of this program.
///
/// # Errors
///
/// Every `ttl_env` variable that is set to something that is no lifetime, all at once. Without this call
/// such a function uses its attribute's own ttl, and one error is logged.
pub fn check() -> Result<(), CheckError> {
    let mut variables: Vec<TtlEnvError> = linked::all()
        .filter_map(|site| site.read_env()?.err())
        .collect();
    variables.sort_by(|a, b| a.variable().cmp(b.variable()));
    variables.dedup();
    if variables.is_empty() {
        Ok(())
    } else {
        Err(CheckError { variables })
    }
}

/// Removes every entry of every cache; see [`FnCache::invalidate_all`](crate::FnCache::invalidate_all).
#[allow(
    clippy::unused_async,
    reason = "the shared tier will be waited for here"
)]
pub async fn invalidate_all() -> Invalidation {
    for store in active_stores() {
        store.invalidate_all();
    }
    Invalidation::in_process()
}

/// Frees every entry of every cache that can be of no use any more; see
/// [`FnCache::free_expired`](crate::FnCache::free_expired).
pub fn free_expired() {
    for store in active_stores() {
        store.free_expired();
    }
}

/// Switches all caches of the process off or on, beside what each one's own
/// [`set_enabled`](crate::FnCache::set_enabled) says. Entries are kept, and invalidations still apply.
///
/// Inside [`testing::isolated`](crate::testing::isolated) it applies to the test's own caches that have been
/// made so far.
pub fn set_enabled(enabled: bool) {
    if Context::current().isolation.is_some() {
        for store in active_stores() {
            store.set_enabled(enabled);
        }
    } else {
        store::set_all_enabled(enabled);
    }
}

/// What all cached functions together have done.
#[must_use]
pub fn stats() -> Stats {
    caches()
        .into_iter()
        .map(|cache| cache.stats)
        .fold(Stats::default(), Stats::plus)
}
