//! The lookup of a call that may not be an ordinary one: options, wishes, isolation. Compiled once.

use std::sync::Arc;
use std::time::Duration;

use super::pending::Underway;
use super::request::Request;
use super::start::Mode;
use crate::clock;
use crate::context::Context;
use crate::context::{CacheStatus, ForwardReason};
use crate::policy::{NEVER, Policy};
use crate::stats::Counter;
use crate::store::{AnswerSink, Found, FreshnessRequest, OwnedKey, Query, Store};

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
    sink: &dyn AnswerSink,
    own: &dyn Fn() -> OwnedKey,
) -> Opened {
    let context = Context::current();
    let store = context.store(store);
    if mode.bypass || context.control.stores_nothing() || store.is_off(policy) {
        store.counters.add(Counter::Bypassed);
        record(&context, forwarded(ForwardReason::Bypass));
        return Opened::Bypass;
    }
    let oldest = if mode.refresh {
        Some(Duration::ZERO)
    } else {
        context.control.oldest()
    };
    let wanted = FreshnessRequest {
        oldest: oldest.map_or(NEVER, clock::nanos),
        // Only who wants something younger looks at it.
        since: oldest.map_or(0, |_| store.last_sequence()),
        within: context.control.oldest().map_or(NEVER, clock::nanos),
    };
    // A clock may stand still: what was stored in this very moment is still too old for `max_age(0)`.
    let found = if wanted.oldest == 0 {
        store.peek(policy, query)
    } else {
        store.read(policy, query, sink, &wanted)
    };
    let status = match found {
        Found::Hit { left } => {
            store.counters.hit();
            record(&context, answered(left));
            return Opened::Found;
        }
        Found::Stale => forwarded(ForwardReason::Stale),
        Found::TooOld => forwarded(ForwardReason::Request),
        Found::Nothing => forwarded(ForwardReason::Miss),
    };
    if found == Found::Stale && oldest.is_none() && store.serve_stale(policy, query, sink, false) {
        record(&context, stood_in());
        return Opened::Found;
    }
    record(&context, status);
    store.record_miss(query.hash);
    let ticket = Request::new(
        store,
        Arc::clone(policy),
        context,
        query.hash,
        own(),
        wanted,
    );
    Opened::Miss(Underway::new(ticket))
}

fn record(context: &Context, hits_reported: CacheStatus) {
    if let Some(cell) = &context.status {
        cell.write(|status| *status = hits_reported);
    }
}

fn forwarded(forward: ForwardReason) -> CacheStatus {
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
