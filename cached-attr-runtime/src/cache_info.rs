//! `CacheInfo`: what is known of one cached function.

use std::fmt;
use std::time::Duration;

use crate::clock::NEVER;
use crate::context::Context;
use crate::policy::{Policy, Ttl};
use crate::registry::Registered;
use crate::settings::{self, Setting};
use crate::site::{DeclaredTtl, Site, UsedInstance};
use crate::stats::Stats;
use crate::store;

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
            KnownTtl::Fixed(ttl) => humantime::format_duration(*ttl).fmt(f),
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
    /// Tells it from every other of this process, also from those of the same name, and is the same each time.
    pub id: String,
    /// The function's path, or what `name = …` says.
    pub name: String,
    /// How long its answers are trusted.
    pub ttl: KnownTtl,
    /// Where that is said.
    pub ttl_source: TtlSource,
    /// The other options that it was given; those of a function become known with its first call. What only a call has,
    /// such as `key` and `bypass`, is not among them.
    pub settings: Vec<Setting>,
    /// The most entries that it holds, or the most weight. Of a generic function, the sum over the instances in use.
    ///
    /// None for a function that has not been called yet, and for one that uses another cache, by `cache = …`.
    pub capacity: Option<u64>,
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
            ..
        } = self;
        write!(f, "{name}: ttl {ttl} ({ttl_source}), {stats}")
    }
}

/// What is known of a cache that was made with a builder.
pub(crate) fn of_cache(cache: &Registered, context: &Context) -> CacheInfo {
    let store = context.active_store(&cache.store);
    let (ttl, ttl_source) = match store.ttl_override() {
        Some(ttl) => (known(ttl), TtlSource::Override),
        None => (of_policy(&cache.policy), TtlSource::Attribute),
    };
    CacheInfo {
        id: format!("builder#{}", cache.id),
        name: store.name().to_owned(),
        ttl,
        ttl_source,
        settings: settings::of(&cache.policy, Some(store.limits())),
        capacity: Some(store.limits().capacity()),
        stats: store.stats(&cache.policy),
    }
}

/// What is known of a cached function.
pub(crate) fn of_site(site: &'static Site, context: &Context) -> CacheInfo {
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
    let limits = |used: &UsedInstance| Some(used.store.as_ref()?.limits().capacity());
    CacheInfo {
        id: site.id(),
        name: name_of(site),
        ttl,
        ttl_source,
        settings: first.map_or_else(Vec::new, |used| {
            settings::of(&used.policy, store.map(|store| store.limits()))
        }),
        capacity: used.iter().filter_map(limits).reduce(u64::saturating_add),
        stats: used
            .iter()
            .map(|used| stats_of(used, context))
            .reduce(Stats::plus)
            .unwrap_or(unused),
    }
}

/// The name of a cached function: with the type of a method once that is known, unless several types have it.
pub(crate) fn name_of(site: &Site) -> String {
    let used = site.used();
    let name = used.first().map(|used| &*used.name);
    let name = name.filter(|name| used.iter().all(|used| *used.name == **name));
    name.unwrap_or(site.name()).to_owned()
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
