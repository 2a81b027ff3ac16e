//! What all caches of the process do, and controlling them together.

#[cfg(feature = "shared")]
use std::collections::BTreeSet;
use std::error::Error;
use std::fmt;
use std::sync::Arc;

#[cfg(feature = "shared")]
use crate::cache_info;
use crate::cache_info::CacheInfo;
use crate::context::Context;
use crate::handle::{CacheHandle, handles};
use crate::panics;
use crate::registry;
#[cfg(feature = "shared")]
use crate::shared::{current_tier, invalidate, invalidate_later, process_names};
use crate::site::linked;
use crate::stats::Stats;
use crate::store::{self, Store};
#[cfg(feature = "shared")]
use crate::tier::Target;
use crate::ttl_env::TtlEnvError;
use crate::write_guard::{Invalidation, TierReach};

/// The stores that are meant here: inside `isolated` a test's own.
fn active_stores() -> Vec<Arc<Store>> {
    let context = Context::current();
    let caches = registry::all();
    caches
        .iter()
        .map(|cache| context.active_store(&cache.store))
        .collect()
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
    handles().iter().map(CacheHandle::info).collect()
}

/// What [`check`] found, all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckError {
    /// The environment variables that hold no lifetime.
    pub variables: Vec<TtlEnvError>,
    /// The names that more than one `shared` cache has. The first to be used has it in the shared tier, the others stay in
    /// memory.
    pub names: Vec<String>,
}

impl fmt::Display for CheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let variables = self.variables.iter().map(ToString::to_string);
        let names = self.names.iter().map(|name| {
            format!(
                "two shared caches have the name `{name}`: give one of them another with `name = …`"
            )
        });
        let all: Vec<String> = variables.chain(names).collect();
        f.write_str(&all.join("; "))
    }
}

impl Error for CheckError {}

/// Checks, for start-up, what the environment says about every cached function of this program.
///
/// # Errors
///
/// Every `ttl_env` variable that cannot be parsed, and every name that two `shared` caches have, all at once. Without
/// this call a function with such a variable uses its attribute's own ttl, and one error is logged; of the caches of one
/// name all but one stay in memory, and one error is logged.
pub fn check() -> Result<(), CheckError> {
    let mut variables: Vec<TtlEnvError> = linked::all()
        .filter_map(|site| site.read_env()?.err())
        .collect();
    variables.sort_by(|a, b| a.variable().cmp(b.variable()));
    variables.dedup();
    let names = ambiguous_names();
    if variables.is_empty() && names.is_empty() {
        Ok(())
    } else {
        Err(CheckError { variables, names })
    }
}

/// The names of more than one shared cache.
#[cfg(feature = "shared")]
fn ambiguous_names() -> Vec<String> {
    let mut known = BTreeSet::new();
    let sites = linked::at_each_place().filter(|site| site.is_shared);
    let names = sites.map(cache_info::name_of);
    let twice = names.filter(|name| !known.insert(name.clone()));
    // Instances of one generic function have one name: they are known when they are used.
    let used = process_names().conflicts();
    let used = used.iter().map(ToString::to_string);
    let ambiguous: BTreeSet<String> = twice.chain(used).collect();
    ambiguous.into_iter().collect()
}

#[cfg(not(feature = "shared"))]
fn ambiguous_names() -> Vec<String> {
    Vec::new()
}

/// Removes every entry of every cache; see [`FnCache::invalidate_all`](crate::FnCache::invalidate_all).
pub async fn invalidate_all() -> Invalidation {
    let each = Store::invalidate_all;
    let mut removed = remove(each);
    let shared = in_tier(Scope::Everything).await;
    if shared != TierReach::NotInUse {
        // A load that began meanwhile may have read an old record.
        removed += remove(each);
    }
    Invalidation::new(removed, shared)
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
pub async fn invalidate_tag(tag: &str) -> Invalidation {
    let each = |store: &Store| store.invalidate_tag(tag);
    let mut removed = remove(each);
    let shared = in_tier(Scope::Tag(tag)).await;
    if shared != TierReach::NotInUse {
        removed += remove(each);
    }
    Invalidation::new(removed, shared)
}

/// The same from where nothing can be awaited: in the tier it is queued.
pub(crate) fn invalidate_tag_later(tag: &str) {
    remove(|store: &Store| store.invalidate_tag(tag));
    #[cfg(feature = "shared")]
    if let Some(tier) = current_tier() {
        invalidate_later(&tier, Scope::Tag(tag).target());
    }
}

/// Removes entries in this process; how many.
fn remove(each: impl Fn(&Store) -> u64) -> u64 {
    let mut removed = 0;
    panics::for_each(active_stores(), |store| removed += each(&store));
    removed
}

/// What is invalidated in every cache.
#[cfg_attr(
    not(feature = "shared"),
    allow(dead_code, reason = "what the tier needs")
)]
enum Scope<'a> {
    Everything,
    Tag(&'a str),
}

#[cfg(feature = "shared")]
impl<'a> Scope<'a> {
    fn target(&self) -> Target<'a> {
        match *self {
            Scope::Everything => Target::Namespace,
            Scope::Tag(tag) => Target::tag(tag),
        }
    }
}

#[cfg(feature = "shared")]
async fn in_tier(scope: Scope<'_>) -> TierReach {
    match current_tier() {
        None => TierReach::NotInUse,
        Some(tier) => invalidate(&tier, scope.target()).await,
    }
}

#[cfg(not(feature = "shared"))]
#[allow(clippy::unused_async, reason = "as with a tier")]
async fn in_tier(_: Scope<'_>) -> TierReach {
    TierReach::NotInUse
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
