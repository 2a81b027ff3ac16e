//! Policy: what a function's attribute says, with the types of key and value forgotten.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::{NEVER, SECOND, nanos};
use crate::counters::Counters;
use crate::entry::{EntryMeta, Kind};
use crate::stats::Stats;

/// How long a load in the background may take where its function has no `timeout`: a minute.
const BACKGROUND_LIMIT: u64 = 60 * SECOND;

pub(crate) type Judge = Box<dyn Fn(&dyn Any) -> bool + Send + Sync>;
pub(crate) type Lifetime = Box<dyn Fn(&dyn Any) -> Duration + Send + Sync>;
pub(crate) type Weigher = Box<dyn Fn(&dyn Any, &dyn Any) -> u32 + Send + Sync>;

/// How long an answer may be trusted.
pub(crate) enum Ttl {
    /// Nanoseconds; zero is off, [`NEVER`] has no end.
    Fixed(u64),
    /// The value says.
    PerValue(Lifetime),
}

/// By how much an entry's lifetime may be shortened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Jitter {
    None,
    /// Up to this part of it.
    Ratio(f64),
    /// Up to this many nanoseconds.
    Span(u64),
}

/// What is trusted, and for how long: the caller's side. Two functions over one cache may differ here.
pub(crate) struct Policy {
    pub(crate) ttl: Ttl,
    /// For `None`: its lifetime, and what recognizes it.
    pub(crate) negative: Option<(u64, Judge)>,
    /// For errors; zero remembers none.
    pub(crate) error_ttl: u64,
    pub(crate) store_if: Option<Judge>,
    pub(crate) jitter: Jitter,
    /// How long past its lifetime an answer may be served in place of a failing load.
    pub(crate) stale_if_error: u64,
    /// How long the source is left alone after such a failure.
    pub(crate) retry_after: u64,
    /// How long past its lifetime an answer may be served while it is loaded anew in the background.
    pub(crate) stale_while_revalidate: u64,
    /// From which part of its lifetime on an answer is loaded anew in the background.
    refresh_ahead: Option<f64>,
    /// How long a load may take; zero for no limit.
    pub(crate) timeout: u64,
    /// How long a call waits for a load before a stale answer is served; zero for as long as it takes.
    pub(crate) soft_timeout: u64,
    /// How long past its lifetime an answer is kept for the load that replaces it.
    pub(crate) keep_replaced: u64,
    /// Until which age every plain value is fresh, and not yet refreshed ahead; zero where the value itself says.
    surely_fresh_for: u64,
    /// Counts the calls under this policy, where it uses another function's cache.
    pub(crate) counters: Option<Box<Counters>>,
}

/// What may be held: the cache's side.
pub(crate) struct Limits {
    pub(crate) capacity: u64,
    pub(crate) weigh: Option<Weigher>,
    /// Nanoseconds without a read after which an entry is dropped; zero for no such limit.
    pub(crate) tti: u64,
    /// The key is one constant.
    pub(crate) single: bool,
    /// How many loads may run in the background at once.
    pub(crate) max_background: usize,
    /// Of a `shared` function.
    #[cfg(feature = "shared")]
    pub(crate) sharing: Option<crate::shared::Sharing>,
}

impl Limits {
    /// The most that is held: one entry where there is one key.
    pub(crate) fn capacity(&self) -> u64 {
        let one = self.single && self.weigh.is_none();
        if one {
            self.capacity.min(1)
        } else {
            self.capacity
        }
    }
}

impl Policy {
    pub(crate) fn new(ttl: Ttl) -> Self {
        Policy {
            ttl,
            negative: None,
            error_ttl: 0,
            store_if: None,
            jitter: Jitter::None,
            stale_if_error: 0,
            retry_after: SECOND,
            stale_while_revalidate: 0,
            refresh_ahead: None,
            timeout: 0,
            soft_timeout: 0,
            keep_replaced: 0,
            surely_fresh_for: 0,
            counters: None,
        }
    }

    /// The finished policy: what hits read is computed once.
    pub(crate) fn into_shared(mut self) -> Arc<Self> {
        self.surely_fresh_for = match self.ttl {
            Ttl::Fixed(ttl) => self.refresh_at(ttl),
            Ttl::PerValue(_) => 0,
        };
        Arc::new(self)
    }

    /// Until which age every plain value is fresh beyond doubt. `ttl_override` is what `set_ttl` says.
    #[inline]
    pub(crate) fn surely_fresh_for(&self, ttl_override: Option<u64>) -> u64 {
        match ttl_override {
            None => self.surely_fresh_for,
            Some(ttl) if self.refresh_ahead.is_none() => ttl,
            Some(ttl) => self.refresh_ahead_at(ttl),
        }
    }

    /// Arithmetic that is kept out of the path of a hit.
    #[cold]
    #[inline(never)]
    fn refresh_ahead_at(&self, lifetime: u64) -> u64 {
        self.refresh_at(lifetime)
    }

    /// Refreshes answers in the background from this part of their lifetime on.
    pub(crate) fn refresh_ahead(&mut self, part: f64) {
        self.refresh_ahead = Some(part.clamp(0.0, 1.0));
    }

    /// That part, if there is one.
    pub(crate) fn refreshes_ahead(&self) -> Option<f64> {
        self.refresh_ahead
    }

    /// The age from which on an answer with this lifetime is refreshed ahead: never before its end, where nothing is.
    pub(crate) fn refresh_at(&self, lifetime: u64) -> u64 {
        match self.refresh_ahead {
            Some(part) if lifetime != NEVER => Duration::from_nanos(lifetime)
                .mul_f64(part)
                .as_nanos()
                .try_into()
                .unwrap_or(lifetime),
            _ => lifetime,
        }
    }

    /// How long an answer is kept past its lifetime.
    fn keep_stale(&self) -> u64 {
        self.serve_stale().max(self.keep_replaced)
    }

    /// How long past its lifetime an answer may be served.
    pub(crate) fn serve_stale(&self) -> u64 {
        self.stale_if_error.max(self.stale_while_revalidate)
    }

    /// How long a load in the background may take.
    pub(crate) fn background_limit(&self) -> u64 {
        match self.timeout {
            0 => BACKGROUND_LIMIT,
            limit => limit,
        }
    }

    /// Whether an answer may be served past its lifetime.
    pub(crate) fn serves_stale(&self) -> bool {
        self.serve_stale() > 0
    }

    /// Whether the source is left alone for a while after a failure.
    pub(crate) fn pauses(&self) -> bool {
        self.serves_stale() || self.refresh_ahead.is_some()
    }

    /// Counts a hit for the function, where the cache is another's.
    pub(crate) fn count_hit(&self) {
        if let Some(counters) = &self.counters {
            counters.hit();
        }
    }

    /// What the calls under this policy have done, where they are counted apart from the cache.
    pub(crate) fn stats(&self) -> Stats {
        let counters = self.counters.as_ref();
        counters.map_or_else(Stats::default, |counters| counters.stats(!self.is_off()))
    }

    /// Whether the ttl is zero, so that nothing is read or written.
    pub(crate) fn is_off(&self) -> bool {
        matches!(self.ttl, Ttl::Fixed(0))
    }

    /// What `store_if` says of a value.
    pub(crate) fn may_store(&self, value: &dyn Any) -> bool {
        self.store_if.as_ref().is_none_or(|judge| judge(value))
    }

    pub(crate) fn kind_of(&self, value: &dyn Any) -> Kind {
        match &self.negative {
            Some((_, is_absent)) if is_absent(value) => Kind::Absent,
            _ => Kind::Value,
        }
    }

    /// What the `ttl` closure says of a value, if there is one.
    pub(crate) fn own_ttl(&self, value: &dyn Any) -> Option<u64> {
        match &self.ttl {
            Ttl::Fixed(_) => None,
            Ttl::PerValue(lifetime) => Some(nanos(lifetime(value))),
        }
    }

    /// How long an answer is fresh, from the start of its load. `ttl_override` is what `set_ttl` says instead
    /// of the attribute.
    #[inline]
    pub(crate) fn lifetime(&self, meta: &EntryMeta, ttl_override: Option<u64>) -> u64 {
        let whole = match (meta.kind, &self.negative, &self.ttl) {
            (Kind::Failure, _, _) => self.error_ttl,
            (Kind::Absent, Some((negative, _)), _) => meta.load_ttl.unwrap_or(*negative),
            (_, _, Ttl::Fixed(ttl)) => ttl_override.or(meta.load_ttl).unwrap_or(*ttl),
            // An entry that a function with a fixed ttl stored in a shared cache has none of its own.
            (_, _, Ttl::PerValue(_)) => {
                ttl_override.or(meta.load_ttl).or(meta.own_ttl).unwrap_or(0)
            }
        };
        if meta.jitter == 0 || whole == NEVER {
            return whole.min(meta.at_most);
        }
        let cut = (u128::from(whole) * u128::from(meta.jitter)) >> 16;
        let cut = u64::try_from(cut).unwrap_or(0);
        whole.saturating_sub(cut).min(meta.at_most)
    }

    /// How long an answer can be of use, from the start of its load.
    pub(crate) fn retention(&self, meta: &EntryMeta, ttl_override: Option<u64>) -> u64 {
        self.lifetime(meta, ttl_override)
            .saturating_add(self.keep_stale())
    }

    pub(crate) fn has_jitter(&self) -> bool {
        !matches!(self.jitter, Jitter::None)
    }

    /// The part of its lifetime that an entry loses, drawn once by a random number.
    pub(crate) fn draw_jitter(&self, whole: u64, random: u64) -> u16 {
        let most = match self.jitter {
            Jitter::None => return 0,
            Jitter::Ratio(ratio) => ratio,
            Jitter::Span(_) if whole == 0 || whole == NEVER => return 0,
            #[allow(clippy::cast_precision_loss, reason = "a random amount")]
            Jitter::Span(span) => span as f64 / whole as f64,
        };
        #[allow(clippy::cast_precision_loss, reason = "a random amount")]
        let share = (random >> 11) as f64 / (1u64 << 53) as f64;
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a float cast saturates"
        )]
        let jitter = (share * most.clamp(0.0, 1.0) * 65_536.0) as u16;
        jitter
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Stamp;
    use crate::entry::LoadInfo;

    fn meta(kind: Kind, jitter: u16) -> EntryMeta {
        let load = LoadInfo {
            hash: 0,
            began: Stamp { mono: 0, wall: 0 },
            sequence: 0,
            max_input_age: NEVER,
        };
        EntryMeta {
            jitter,
            ..EntryMeta::new(load, kind)
        }
    }

    #[test]
    fn jitter_shortens_and_never_lengthens() {
        let mut policy = Policy::new(Ttl::Fixed(1000));
        policy.jitter = Jitter::Ratio(0.1);
        for random in [0, 1, u64::MAX / 3, u64::MAX] {
            let jitter = policy.draw_jitter(1000, random);
            let ttl = policy.lifetime(&meta(Kind::Value, jitter), None);
            assert!((900..=1000).contains(&ttl), "{ttl}");
        }
        policy.jitter = Jitter::Span(500);
        assert!(
            policy.lifetime(&meta(Kind::Value, policy.draw_jitter(1000, u64::MAX)), None) <= 501
        );
    }

    #[test]
    fn a_set_ttl_replaces_the_attributes_but_not_that_of_absent_things_and_errors() {
        let mut policy = Policy::new(Ttl::Fixed(1000));
        policy.negative = Some((10, Box::new(|_| true)));
        policy.error_ttl = 5;
        assert_eq!(policy.lifetime(&meta(Kind::Value, 0), Some(7)), 7);
        assert_eq!(policy.lifetime(&meta(Kind::Absent, 0), Some(7)), 10);
        assert_eq!(policy.lifetime(&meta(Kind::Failure, 0), Some(7)), 5);
    }
}
