//! What all caches of the process do, and controlling them together.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::NEVER;
use crate::context::Context;
use crate::policy::{Policy, Ttl};
use crate::registry::{self, Registered};
use crate::site::{DeclaredTtl, Site, UsedInstance, linked};
use crate::stats::Stats;
use crate::store::{self, Store};
use crate::ttl_env::TtlEnvError;
use crate::write_guard::Invalidation;

/// The stores that are meant here: inside `isolated` a test's own.
fn active_stores() -> Vec<Arc<Store>> {
    let context = Context::current();
    let caches = registry::all();
    caches
        .iter()
        .map(|cache| context.active_store(&cache.store))
        .collect()
}

/// Where the lifetime of a function's answers comes from.
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
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
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
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

impl fmt::Display for TtlSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TtlSource::Attribute => f.write_str("attribute"),
            TtlSource::Environment(variable) => write!(f, "environment variable {variable}"),
            TtlSource::Override => f.write_str("set_ttl"),
        }
    }
}

impl fmt::Display for KnownTtl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KnownTtl::Fixed(ttl) => write!(f, "{ttl:?}"),
            KnownTtl::Never => f.write_str("never"),
            KnownTtl::PerValue => f.write_str("per value"),
            KnownTtl::Unknown => f.write_str("unknown"),
        }
    }
}

/// One cached function, or a cache that was made with [`FnCache::builder`](crate::FnCache::builder).
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CacheInfo {
    /// The function's path, or what `name = …` says.
    pub name: String,
    /// How long its answers are trusted.
    pub ttl: KnownTtl,
    /// Where that is said.
    pub ttl_source: TtlSource,
    /// What its calls have done; of a generic function, all its instances together. Calls of a function that uses
    /// another cache, by `cache = …`, are counted under both names.
    pub stats: Stats,
}

impl fmt::Display for CacheInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let CacheInfo {
            name,
            ttl,
            ttl_source,
            stats,
        } = self;
        write!(f, "{name}: ttl {ttl} ({ttl_source}), {stats}")
    }
}

/// Every cached function that is linked into this program, also those not yet called, and every cache that was made with
/// [`FnCache::builder`](crate::FnCache::builder) and is alive, ordered by name.
///
/// ```
/// for cache in cached_attr_runtime::caches() {
///     println!("{cache}");
/// }
/// ```
#[must_use]
pub fn caches() -> Vec<CacheInfo> {
    let context = Context::current();
    let functions = linked::at_each_place().map(|site| of_site(site, &context));
    let by_hand = registry::all().into_iter().filter(|cache| cache.by_hand);
    let mut caches: Vec<_> = functions
        .chain(by_hand.map(|cache| of_cache(&cache, &context)))
        .collect();
    caches.sort_by(|a, b| a.name.cmp(&b.name));
    caches
}

fn of_cache(cache: &Registered, context: &Context) -> CacheInfo {
    let store = context.active_store(&cache.store);
    let (ttl, ttl_source) = match store.ttl_override() {
        Some(ttl) => (known(ttl), TtlSource::Override),
        None => (of_policy(&cache.policy), TtlSource::Attribute),
    };
    CacheInfo {
        name: store.name().to_owned(),
        ttl,
        ttl_source,
        stats: store.stats(&cache.policy),
    }
}

fn of_site(site: &'static Site, context: &Context) -> CacheInfo {
    let used = site.used();
    let first = used.first();
    let store = first.and_then(|used| used.store.as_ref());
    let ttl_override = store.and_then(|store| context.active_store(store).ttl_override());
    let by_env = match (site.ttl_env, site.read_env()) {
        (Some(variable), Some(Ok(ttl))) => Some((variable, ttl)),
        _ => None,
    };
    let (ttl, ttl_source) = match (ttl_override, by_env, first) {
        (Some(ttl), _, _) => (known(ttl), TtlSource::Override),
        // What it was when the function was first called.
        (None, Some((variable, _)), Some(used)) => {
            (of_policy(&used.policy), TtlSource::Environment(variable))
        }
        (None, Some((variable, ttl)), None) => {
            (KnownTtl::Fixed(ttl), TtlSource::Environment(variable))
        }
        (None, None, Some(used)) => (of_policy(&used.policy), TtlSource::Attribute),
        (None, None, None) => (declared(site.declared), TtlSource::Attribute),
    };
    let unused = Stats {
        enabled: store::are_all_enabled() && ttl != KnownTtl::Fixed(Duration::ZERO),
        ..Stats::default()
    };
    CacheInfo {
        name: store.map_or(site.name(), |store| store.name()).to_owned(),
        ttl,
        ttl_source,
        stats: used
            .iter()
            .map(|used| stats_of(used, context))
            .reduce(Stats::plus)
            .unwrap_or(unused),
    }
}

fn stats_of(used: &UsedInstance, context: &Context) -> Stats {
    if let Some(store) = &used.store {
        return context.active_store(store).stats(&used.policy);
    }
    // It uses another cache: its own calls are counted with its policy.
    let stats = used.policy.stats();
    Stats {
        enabled: stats.enabled && store::are_all_enabled(),
        ..stats
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
/// Every `ttl_env` variable that cannot be parsed, all at once. Without this call
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
    let mut removed = 0;
    for store in active_stores() {
        removed += store.invalidate_all();
    }
    Invalidation::in_process(removed)
}

/// Removes every entry that has a tag, from every cache of this process. No load with that tag that began before this
/// returns can store its answer or answer a later call.
///
/// The option `tags` gives entries their tags. A tag with two or more captures is escaped as a text key is: write
/// `#[invalidates(tag("…"))]` with the same text rather than making it by hand.
///
/// The cost is that of the entries that have the tag, however many others there are. It takes effect in the first poll:
/// dropping the future after that undoes nothing.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let tenant = "acme";
/// let invalidation = cached_attr_runtime::invalidate_tag(&format!("tenant:{tenant}")).await;
/// assert_eq!(invalidation.removed, 0);
/// # });
/// ```
#[allow(
    clippy::unused_async,
    reason = "the shared tier will be waited for here"
)]
pub async fn invalidate_tag(tag: &str) -> Invalidation {
    let mut removed = 0;
    for store in active_stores() {
        removed += store.invalidate_tag(tag);
    }
    Invalidation::in_process(removed)
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

/// What all caches together have done.
#[must_use]
pub fn stats() -> Stats {
    let context = Context::current();
    registry::all()
        .iter()
        .map(|cache| context.active_store(&cache.store).stats(&cache.policy))
        .fold(Stats::default(), Stats::plus)
}
