//! The typed end of a load: its answer, or its error, becomes the function's.

use std::time::Duration;

use super::pending::PendingCall;
use crate::CacheValue;
use crate::entry::{KeyValue, SharedEntry};
use crate::error::TimedOut;
use crate::key::CacheKey;
use crate::lookup::AnswerSlot;
use crate::return_type::{ReturnType, ShareError};

/// What `stale_if_error_when` says.
pub(super) type IsFailure<S> = fn(&<S as ReturnType>::Error) -> bool;

/// The error of a load that takes too long.
pub(super) type TimedOutError<S> = fn(TimedOut) -> <S as ReturnType>::Error;

/// What a function says of its errors.
pub(super) struct ErrorRules<S: ReturnType> {
    /// Which errors are failures; the others are the source's last word. All, where nothing is said.
    pub(super) is_failure: Option<IsFailure<S>>,
    pub(super) timed_out: Option<TimedOutError<S>>,
}

impl<S: ReturnType> ErrorRules<S> {
    pub(super) fn new() -> Self {
        ErrorRules {
            is_failure: None,
            timed_out: None,
        }
    }
}

/// Stores what a load came to and hands it to those who wait.
pub(super) fn finish<K: CacheKey, S: ShareError<Value: CacheValue>>(
    call: &mut PendingCall,
    answer: S::Return,
    rules: &ErrorRules<S>,
) -> S::Return {
    let value = match S::split(answer) {
        Ok(value) => value,
        Err(error) => {
            let is_failure = rules.is_failure.is_none_or(|is_failure| is_failure(&error));
            return fail::<K, S>(call, error, is_failure);
        }
    };
    if let Some(leader) = call.end() {
        let request = &call.request;
        let kept = value.clone();
        let keep = request.keep(&leader, &kept);
        if let Some(key) = request.key.get::<K>() {
            let pair = KeyValue {
                key: key.clone(),
                answer: Ok(kept),
            };
            request.succeed(leader, &keep, keep.entry(pair));
        }
    }
    S::wrap(value)
}

/// Ends a load that took too long. None where the function has no error for that, as its load belongs to no call.
pub(super) fn time_out<K: CacheKey, S: ShareError<Value: CacheValue>>(
    call: &mut PendingCall,
    rules: &ErrorRules<S>,
) -> Option<S::Return> {
    let limit = Duration::from_nanos(call.limit());
    if let Some(timed_out) = rules.timed_out {
        return Some(fail::<K, S>(call, timed_out(TimedOut::after(limit)), true));
    }
    if let Some(leader) = call.end() {
        let sink = AnswerSlot::<K, S>::new();
        call.request.fail(leader, None, true, &sink, &|_, _| None);
    }
    None
}

/// Hands an error to those who wait; a stale answer takes its place where one may.
fn fail<K: CacheKey, S: ShareError<Value: CacheValue>>(
    call: &mut PendingCall,
    error: S::Error,
    is_failure: bool,
) -> S::Return {
    let Some(leader) = call.end() else {
        return S::fail(error);
    };
    let request = &call.request;
    let sink = AnswerSlot::<K, S>::new();
    let shared = S::share(&error);
    let served = request.fail(leader, shared, is_failure, &sink, &|meta, failure| {
        let key = request.key.get::<K>()?.clone();
        let answer: Result<S::Value, _> = Err(failure);
        Some(SharedEntry::new(meta, KeyValue { key, answer }))
    });
    match sink.into_answer() {
        Some(stale) if served => stale,
        _ => S::fail(error),
    }
}
