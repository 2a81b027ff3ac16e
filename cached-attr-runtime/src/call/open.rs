//! The lookup of a call that may not be an ordinary one: options, wishes, isolation. Compiled once.

use std::sync::Arc;
use std::time::Duration;

use super::stage::Underway;
use super::start::Mode;
use super::ticket::Ticket;
use crate::clock;
use crate::context::Context;
use crate::policy::{NEVER, Policy};
use crate::stats::Counter;
use crate::status::{CacheStatus, Forward};
use crate::store::{Found, OwnedKey, Query, Store, Taker, Wanted};

/// What a lookup came to.
pub(super) enum Opened {
    /// The body runs; nothing is touched.
    Bypass,
    /// The taker has the answer.
    Found,
    Miss(Underway),
}

/// Looks a key up with everything that may change how.
pub(super) fn open(
    store: &Arc<Store>,
    policy: &Arc<Policy>,
    mode: Mode,
    query: &Query<'_>,
    taker: &dyn Taker,
    own: &dyn Fn() -> OwnedKey,
) -> Opened {
    let context = Context::current();
    let store = context.store(store);
    if mode.bypass || context.control.stores_nothing() || store.is_off(policy) {
        store.counters.add(Counter::Bypassed);
        record(&context, forwarded(Forward::Bypass));
        return Opened::Bypass;
    }
    let oldest = if mode.refresh {
        Some(Duration::ZERO)
    } else {
        context.control.oldest()
    };
    let wanted = Wanted {
        oldest: oldest.map_or(NEVER, clock::nanos),
        // Only who wants something younger looks at it.
        since: oldest.map_or(0, |_| store.last_serial()),
        within: context.control.oldest().map_or(NEVER, clock::nanos),
    };
    // A clock may stand still: what was stored in this very moment is still too old for `max_age(0)`.
    let found = if wanted.oldest == 0 {
        store.peek(policy, query)
    } else {
        store.read(policy, query, taker, &wanted)
    };
    let status = match found {
        Found::Hit { left } => {
            store.counters.hit();
            record(&context, answered(left));
            return Opened::Found;
        }
        Found::Stale => forwarded(Forward::Stale),
        Found::TooOld => forwarded(Forward::Request),
        Found::Nothing => forwarded(Forward::Miss),
    };
    if found == Found::Stale && oldest.is_none() && store.stand_in(policy, query, taker, false) {
        record(&context, stood_in());
        return Opened::Found;
    }
    record(&context, status);
    store.hear_miss(query.hash);
    let ticket = Ticket::new(
        store,
        Arc::clone(policy),
        context,
        query.hash,
        own(),
        wanted,
    );
    Opened::Miss(Underway::new(ticket))
}

fn record(context: &Context, told: CacheStatus) {
    if let Some(cell) = &context.status {
        cell.write(|status| *status = told);
    }
}

fn forwarded(forward: Forward) -> CacheStatus {
    CacheStatus {
        fwd: Some(forward),
        ..CacheStatus::default()
    }
}

fn answered(left: u64) -> CacheStatus {
    CacheStatus {
        hit: true,
        ttl: time_left(left),
        ..CacheStatus::default()
    }
}

fn stood_in() -> CacheStatus {
    CacheStatus {
        hit: true,
        stale: true,
        ..CacheStatus::default()
    }
}

/// How long an answer stays fresh; none where that has no end.
pub(super) fn time_left(nanos: u64) -> Option<Duration> {
    (nanos < NEVER / 2).then(|| Duration::from_nanos(nanos))
}
