//! The lookup of a call that may not be an ordinary one: options, request directives, isolation. Compiled once.

use std::sync::Arc;
use std::time::Duration;

use super::pending::ErasedCall;
use super::request::{Mode, Request, time_left};
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
    Miss(ErasedCall),
}

/// Looks a key up with everything that may change how.
pub(super) fn open(
    store: &Arc<Store>,
    policy: &Arc<Policy>,
    mode: Mode,
    query: &Query<'_>,
    sink: &dyn AnswerSink,
    to_key: &dyn Fn() -> OwnedKey,
) -> Opened {
    let context = Context::current();
    let store = context.active_store(store);
    if mode.bypass || context.control.stores_nothing() || store.is_off(policy) {
        store.count(policy, Counter::Bypassed);
        context.record(|status| *status = forwarded(ForwardReason::Bypass));
        return Opened::Bypass;
    }
    let freshness = freshness(&store, mode, &context);
    let found = store.read(policy, query, sink, &freshness);
    match found {
        Lookup::Hit { left } => {
            store.count_hit(policy);
            context.record(|status| *status = answered(left));
            return Opened::Answered;
        }
        Lookup::Stale { if_error: true }
            if !freshness.refreshes() && store.serve_during_pause(policy, query, sink) =>
        {
            context.record(|status| *status = answered_stale());
            return Opened::Answered;
        }
        _ => {}
    }
    context.record(|status| *status = forwarded(reason(found)));
    store.record_miss(policy, query.hash);
    Opened::Miss(ErasedCall::new(Request {
        store,
        policy: Arc::clone(policy),
        context,
        key: to_key(),
        hash: query.hash,
        freshness,
        tags: Vec::new(),
    }))
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
        max_input_age: directed.map_or(NEVER, clock::nanos),
    }
}

fn reason(found: Lookup) -> ForwardReason {
    match found {
        Lookup::Stale { .. } => ForwardReason::Stale,
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
