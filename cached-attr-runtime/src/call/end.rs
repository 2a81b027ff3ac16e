//! The typed end of a load: its answer, or its error, becomes the function's.

use std::time::Duration;

use super::pending::PendingCall;
use crate::CacheValue;
use crate::entry::{KeyValue, SharedEntry};
use crate::error::{Failure, TimedOut};
use crate::key::CacheKey;
use crate::lookup::AnswerSlot;
use crate::return_type::{ReturnType, ShareError};

/// What `stale_if_error_when` says.
pub(super) type IsFailure<S> = fn(&<S as ReturnType>::Error) -> bool;

/// The error of a load that takes too long.
pub(super) type TimedOutError<S> = fn(TimedOut) -> <S as ReturnType>::Error;

/// What a function says of its errors. One word long: few functions say anything.
pub(super) struct ErrorRules<S: ReturnType>(Option<Box<WrittenRules<S>>>);

struct WrittenRules<S: ReturnType> {
    is_failure: Option<IsFailure<S>>,
    timed_out: Option<TimedOutError<S>>,
}

impl<S: ReturnType> ErrorRules<S> {
    pub(super) const fn new() -> Self {
        ErrorRules(None)
    }

    fn written(&mut self) -> &mut WrittenRules<S> {
        self.0.get_or_insert_with(|| {
            Box::new(WrittenRules {
                is_failure: None,
                timed_out: None,
            })
        })
    }

    /// Says which errors are failures; the others are the source's last word.
    pub(super) fn judge_by(&mut self, is_failure: IsFailure<S>) {
        self.written().is_failure = Some(is_failure);
    }

    /// Says which error a load ends with that takes too long.
    pub(super) fn time_out_by(&mut self, timed_out: TimedOutError<S>) {
        self.written().timed_out = Some(timed_out);
    }

    /// What says which errors are failures, if anything does.
    #[cfg(feature = "shared")]
    pub(super) fn judge(&self) -> Option<IsFailure<S>> {
        self.0.as_ref()?.is_failure
    }

    /// Whether an error is a failure: all are, where nothing is said.
    pub(super) fn is_failure(&self, error: &S::Error) -> bool {
        let is_failure = self.0.as_ref().and_then(|rules| rules.is_failure);
        is_failure.is_none_or(|is_failure| is_failure(error))
    }

    /// The error of a load that was allowed to take so many nanoseconds.
    pub(super) fn time_out(&self, limit: u64) -> Option<S::Error> {
        let timed_out = self.0.as_ref()?.timed_out?;
        Some(timed_out(TimedOut::after(Duration::from_nanos(limit))))
    }
}

/// Stores what a load came to and hands it to those who wait.
pub(super) fn finish<K: CacheKey, S: ShareError<Value: CacheValue>>(
    call: &mut PendingCall,
    answer: S::Return,
    rules: &ErrorRules<S>,
) -> S::Return {
    match S::split(answer) {
        Ok(value) => {
            succeed::<K, S::Value>(call, &value);
            S::wrap(value)
        }
        Err(error) => {
            let is_failure = rules.is_failure(&error);
            let shared = S::share(&error);
            fail::<K, S>(call, shared, is_failure).unwrap_or_else(|| S::fail(error))
        }
    }
}

/// Ends a load that took too long. None where the function has no error for that, as its load belongs to no call.
pub(super) fn time_out<K: CacheKey, S: ShareError<Value: CacheValue>>(
    call: &mut PendingCall,
    rules: &ErrorRules<S>,
) -> Option<S::Return> {
    let error = rules.time_out(call.limit());
    let shared = error.as_ref().and_then(S::share);
    fail::<K, S>(call, shared, true).or_else(|| error.map(S::fail))
}

/// Ends a load that came to a value.
pub(super) fn succeed<K: CacheKey, V: CacheValue>(call: &mut PendingCall, value: &V) {
    let Some(leader) = call.end() else { return };
    let request = &call.request;
    let keep = request.keep(&leader, value);
    if let Some(key) = request.key.get::<K>() {
        let pair = KeyValue {
            key: key.clone(),
            answer: Ok(value.clone()),
        };
        request.succeed(leader, &keep, keep.entry(pair));
    }
}

/// Ends a load that came to the answer that there is no value under its key; `nothing` stands for it.
pub(super) fn absent<K: CacheKey, V: CacheValue>(call: &mut PendingCall, nothing: Failure) {
    let Some(leader) = call.end() else { return };
    let request = &call.request;
    let keep = request.keep_absence(&leader);
    if let Some(key) = request.key.get::<K>() {
        let answer: Result<V, _> = Err(nothing);
        let key = key.clone();
        request.succeed(leader, &keep, keep.entry(KeyValue { key, answer }));
    }
}

/// Ends a load that came to an error. The stale answer that takes its place, where one may.
pub(super) fn fail<K: CacheKey, S: ShareError<Value: CacheValue>>(
    call: &mut PendingCall,
    shared: Option<Failure>,
    is_failure: bool,
) -> Option<S::Return> {
    let leader = call.end()?;
    let request = &call.request;
    let sink = AnswerSlot::<K, S>::new();
    let served = request.fail(leader, shared, is_failure, &sink, &|meta, failure| {
        let key = request.key.get::<K>()?.clone();
        let answer: Result<S::Value, _> = Err(failure);
        Some(SharedEntry::new(meta, KeyValue { key, answer }))
    });
    sink.into_answer().filter(|_| served)
}
