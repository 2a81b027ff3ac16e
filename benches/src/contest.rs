//! Who meets whom: a place's contenders, with everything that is done to them as plain functions.

use crate::keys::Keys;
use crate::place::{Hot, Place};
use crate::table::Column;
use crate::way::{Way, calls, drive, nanos_each};
use crate::ways::cached_crate::{Cached, Concurrent, Limited};
use crate::ways::{cached_attr, moka_future, moka_sync, papaya, quick_cache};

/// One contender over one place.
#[derive(Clone, Copy)]
pub struct Contender {
    /// Where its numbers stand.
    pub column: Column,
    /// Calls for the entries of a walk, over and over, so many times in all.
    pub calls: fn(&Keys, &[usize], usize),
    /// The same, and how many nanoseconds each call took; the runtime is there before the clock starts.
    pub timed: fn(&Keys, &[usize], usize) -> f64,
}

fn contender<W: Way<P>, P: Place>() -> Contender {
    Contender {
        column: W::COLUMN,
        calls: |keys, walk, count| drive(calls::<W, P>(keys, walk, count)),
        timed: |keys, walk, count| drive(nanos_each(count, calls::<W, P>(keys, walk, count))),
    }
}

/// Everybody who can hold a place within its capacity and forgets in time: moka's three and ours.
fn bounded<P: Place>() -> Vec<Contender>
where
    cached_attr::CachedAttr: Way<P>,
    moka_future::Get: Way<P>,
    moka_future::GetWith: Way<P>,
    moka_sync::Get: Way<P>,
    quick_cache::Get: Way<P>,
{
    vec![
        contender::<cached_attr::CachedAttr, P>(),
        contender::<moka_future::Get, P>(),
        contender::<moka_future::GetWith, P>(),
        contender::<moka_sync::Get, P>(),
        contender::<quick_cache::Get, P>(),
    ]
}

/// Contenders where nothing has to leave; those of `cached` with a ttl only.
#[must_use]
pub fn roomy<P: Place>() -> Vec<Contender>
where
    cached_attr::CachedAttr: Way<P>,
    Concurrent: Way<P>,
    Cached: Way<P>,
    moka_future::Get: Way<P>,
    moka_future::GetWith: Way<P>,
    moka_sync::Get: Way<P>,
    quick_cache::Get: Way<P>,
    papaya::Get: Way<P>,
    papaya::GetYoung: Way<P>,
{
    let mut all = bounded::<P>();
    all.extend([
        contender::<Concurrent, P>(),
        contender::<Cached, P>(),
        contender::<papaya::Get, P>(),
        contender::<papaya::GetYoung, P>(),
    ]);
    all
}

/// Contenders where entries have to leave: those of `cached` with a ttl and a size, no bare maps.
#[must_use]
pub fn limited<P: Place>() -> Vec<Contender>
where
    cached_attr::CachedAttr: Way<P>,
    Limited<Concurrent>: Way<P>,
    Limited<Cached>: Way<P>,
    moka_future::Get: Way<P>,
    moka_future::GetWith: Way<P>,
    moka_sync::Get: Way<P>,
    quick_cache::Get: Way<P>,
{
    let mut all = bounded::<P>();
    all.extend([
        contender::<Limited<Concurrent>, P>(),
        contender::<Limited<Cached>, P>(),
    ]);
    all
}

/// How many keys are hot.
pub const HOT: usize = 1024;

/// The hot keys in an order that no prefetcher foresees.
#[must_use]
pub fn hot_walk() -> Vec<usize> {
    let mut dice = crate::keys::Dice(1);
    let mut walk: Vec<usize> = (0..HOT).collect();
    for last in (1..HOT).rev() {
        walk.swap(last, dice.below(last + 1));
    }
    walk
}

/// The contenders for a hit with the standard value: `Arc<str>` of 64 bytes.
#[must_use]
pub fn hits() -> Vec<Contender> {
    roomy::<Hot<std::sync::Arc<str>>>()
}
