//! The lookup of a call that may not be an ordinary one: options, request directives, isolation. Compiled once.

use std::sync::Arc;
use std::time::Duration;

use super::erased::ErasedCall;
use super::request::{Mode, Request, time_left};
use super::trace::CallTrace;
use crate::background::Permit;
use crate::clock;
use crate::clock::NEVER;
use crate::context::{CacheStatus, Context, ForwardReason};
use crate::counters::Counter;
use crate::policy::Policy;
use crate::store::{AnswerSink, FreshnessRequest, Lookup, OwnedKey, Query, Store};

/// What a lookup came to.
pub(super) enum Opened {
    /// The body runs; nothing is touched.
    Bypass,
    /// The sink has the answer.
    Answered,
    /// The same, and the answer is to be loaded anew in the background.
    Refresh(ErasedCall),
    Miss(ErasedCall),
}

/// Looks a key up with everything that may change how. `is_empty`: nothing had its hash a moment ago.
pub(super) fn open(
    (store, policy): (&Arc<Store>, &Arc<Policy>),
    mode: Mode,
    query: &Query<'_>,
    is_empty: bool,
    sink: &dyn AnswerSink,
    to_key: &dyn Fn() -> OwnedKey,
) -> Opened {
    let mut context = Context::current();
    let store = context.active_store(store);
    let trace = CallTrace::begin(&store, &mut context);
    if mode.bypass || context.control.stores_nothing() || store.is_off(policy) {
        store.count(policy, Counter::Bypassed);
        context.record(|status| *status = forwarded(ForwardReason::Bypass));
        return Opened::Bypass;
    }
    let freshness = freshness(&store, mode, &context);
    let found = if is_empty {
        Lookup::Nothing
    } else {
        store.read(policy, query, sink, &freshness)
    };
    match found {
        Lookup::Hit { left, refresh } => {
            store.count_hit(policy);
            context.record(|status| *status = answered(left));
            if refresh && !freshness.refreshes() {
                return refreshed(store, policy, &context, query, to_key);
            }
            return Opened::Answered;
        }
        Lookup::Stale(usable) if !freshness.refreshes() => {
            if usable.while_revalidate
                && store.serve_instead(policy, query, sink, |usable| usable.while_revalidate)
            {
                store.count(policy, Counter::StaleWhileRevalidate);
                context.record(|status| *status = answered_stale());
                return refreshed(store, policy, &context, query, to_key);
            }
            if usable.if_error && store.serve_during_pause(policy, query, sink) {
                context.record(|status| *status = answered_stale());
                return Opened::Answered;
            }
        }
        _ => {}
    }
    context.record(|status| *status = forwarded(reason(found)));
    store.record_miss(policy, query.hash);
    let joins = joins(&store, freshness);
    Opened::Miss(ErasedCall::new(Request {
        joins,
        trace,
        ..Request::new(store, policy, context, to_key(), query.hash, freshness)
    }))
}

/// The answer was served: loads it anew in the background, unless that is done already, cannot be done, or has failed a
/// moment ago.
fn refreshed(
    store: Arc<Store>,
    policy: &Arc<Policy>,
    context: &Context,
    query: &Query<'_>,
    to_key: &dyn Fn() -> OwnedKey,
) -> Opened {
    if !store.needs_refresh(policy, query) {
        return Opened::Answered;
    }
    let Some(permit) = Permit::acquire(&store) else {
        store.count(policy, Counter::RefreshSkipped);
        return Opened::Answered;
    };
    let (key, freshness) = (to_key(), FreshnessRequest::BY_POLICY);
    let context = context.in_background();
    let request = Request::new(store, policy, context, key, query.hash, freshness);
    let claimed = request.store.claim_refresh(policy, query, &request.key);
    let Some(flight) = claimed else {
        return Opened::Answered;
    };
    request.count_load();
    request.count(Counter::Refresh);
    Opened::Refresh(ErasedCall::in_background(request, flight, permit))
}

/// Which loads this caller may join: of a `shared` function without copies in memory only those that began after it, since
/// each call reads the tier.
fn joins(store: &Store, freshness: FreshnessRequest) -> FreshnessRequest {
    if !store.reads_tier_first() {
        return freshness;
    }
    FreshnessRequest {
        max_age: 0,
        after_sequence: store.last_sequence(),
        ..freshness
    }
}

/// How young an answer has to be for this caller.
fn freshness(store: &Store, mode: Mode, context: &Context) -> FreshnessRequest {
    let directed = context.control.max_answer_age();
    let max_age = if mode.refresh {
        Some(Duration::ZERO)
    } else {
        directed
    };
    FreshnessRequest {
        max_age: max_age.map_or(NEVER, clock::nanos),
        // Read only for a caller who needs something younger.
        after_sequence: max_age.map_or(0, |_| store.last_sequence()),
        max_input_age: oldest_input(store, mode, directed),
    }
}

/// How old what the answer is made of may be. The records of the shared tier count: a caller that needs a younger answer
/// joins no load that may be answered by one.
fn oldest_input(store: &Store, mode: Mode, directed: Option<Duration>) -> u64 {
    if mode.refresh && store.is_shared() {
        return 0;
    }
    directed.map_or(NEVER, clock::nanos)
}

fn reason(found: Lookup) -> ForwardReason {
    match found {
        Lookup::Stale(_) => ForwardReason::Stale,
        Lookup::TooOld => ForwardReason::Request,
        Lookup::Nothing | Lookup::Hit { .. } => ForwardReason::Miss,
    }
}

fn forwarded(reason: ForwardReason) -> CacheStatus {
    CacheStatus {
        fwd: Some(reason),
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

fn answered_stale() -> CacheStatus {
    CacheStatus {
        hit: true,
        stale: true,
        ..CacheStatus::default()
    }
}
