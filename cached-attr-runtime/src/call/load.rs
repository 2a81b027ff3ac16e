//! The second half of a call: the body, or the wait for another call's.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use pin_project_lite::pin_project;

use super::pending::{ErasedCall, PendingCall, Progress, enter_alone};
use crate::CacheValue;
use crate::entry::{KeyValue, SharedEntry};
use crate::key::CacheKey;
use crate::lookup::AnswerSlot;
use crate::return_type::{ReturnType, ShareError};

/// What `stale_if_error_when` says.
pub(super) type IsFailure<S> = fn(&<S as ReturnType>::Error) -> bool;

enum State {
    /// The body runs by itself.
    Alone,
    Pending(ErasedCall),
    Done,
}

pin_project! {
    /// A call that runs its body, or waits for the load of another call. It is `Send` when the body is.
    #[must_use = "futures do nothing unless polled"]
    pub struct Load<K, S: ReturnType, F> {
        // Dropped before the call: a cancelled body is gone when whoever waits for it begins another. And dropped when
        // it is done, before the load is completed: what it holds is free when the others are woken.
        #[pin]
        body: Option<F>,
        state: State,
        // Which errors are failures; the others are the source's last word.
        is_failure: Option<IsFailure<S>>,
        types: PhantomData<fn() -> K>,
    }
}

impl<K, S: ReturnType, F: Future<Output = S::Return>> Load<K, S, F> {
    pub(super) fn new(is_failure: Option<IsFailure<S>>, call: Option<ErasedCall>, body: F) -> Self {
        Load {
            body: Some(body),
            state: call.map_or(State::Alone, State::Pending),
            is_failure,
            types: PhantomData,
        }
    }
}

impl<K: CacheKey, S: ShareError<Value: CacheValue>, F: Future<Output = S::Return>> Future
    for Load<K, S, F>
{
    type Output = S::Return;

    fn poll(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<S::Return> {
        let mut this = self.project();
        let Some(body) = this.body.as_mut().as_pin_mut() else {
            panic!("a cached call was polled after it had finished");
        };
        // Out of its place while it is worked on: a panic leaves nothing behind that holds the key.
        let mut erased = match std::mem::replace(this.state, State::Done) {
            State::Pending(call) => call,
            State::Alone => return poll_alone(body, this.state, cx),
            State::Done => panic!("a cached call was polled after it had finished"),
        };
        let call = erased.call();
        let slot = AnswerSlot::<K, S>::new();
        match call.advance(cx, &slot) {
            Progress::Pending => {
                *this.state = State::Pending(erased);
                return Poll::Pending;
            }
            Progress::Answered => {
                return match slot.into_answer() {
                    Some(answer) => Poll::Ready(answer),
                    // Nothing was taken after all: the body is always right.
                    None => poll_alone(body, this.state, cx),
                };
            }
            Progress::RunBody => {}
        }
        let polled = {
            let (waker, _entered) = call.begin_poll(cx.waker());
            match &waker {
                Some(waker) => body.poll(&mut TaskContext::from_waker(waker)),
                None => body.poll(cx),
            }
        };
        match polled {
            Poll::Ready(answer) => {
                this.body.set(None);
                Poll::Ready(finish::<K, S>(call, answer, *this.is_failure))
            }
            Poll::Pending => {
                call.end_poll();
                *this.state = State::Pending(erased);
                Poll::Pending
            }
        }
    }
}

fn poll_alone<F: Future>(
    body: Pin<&mut F>,
    state: &mut State,
    cx: &mut TaskContext<'_>,
) -> Poll<F::Output> {
    let _entered = enter_alone();
    let polled = body.poll(cx);
    if polled.is_pending() {
        *state = State::Alone;
    }
    polled
}

/// Stores what a load came to and hands it to those who wait.
fn finish<K: CacheKey, S: ShareError<Value: CacheValue>>(
    call: &mut PendingCall,
    answer: S::Return,
    is_failure: Option<IsFailure<S>>,
) -> S::Return {
    let Some(leader) = call.end() else {
        return answer;
    };
    let request = &call.request;
    let pair = |answer| {
        let key = request.key.get::<K>()?.clone();
        Some(KeyValue { key, answer })
    };
    match S::split(answer) {
        Ok(value) => {
            let kept = value.clone();
            let keep = request.keep(&leader, &kept);
            if let Some(pair) = pair(Ok(kept)) {
                request.succeed(leader, &keep, SharedEntry::new(&keep.meta, pair));
            }
            S::wrap(value)
        }
        Err(error) => {
            let slot = AnswerSlot::<K, S>::new();
            let is_failure = is_failure.is_none_or(|is_failure| is_failure(&error));
            let shared = S::share(&error);
            let served = request.fail(leader, shared, is_failure, &slot, &|meta, failure| {
                Some(SharedEntry::new(meta, pair(Err(failure))?))
            });
            match slot.into_answer() {
                Some(stale) if served => stale,
                _ => S::fail(error),
            }
        }
    }
}

pin_project! {
    /// The answer of a call: there at once, or loaded.
    #[must_use = "futures do nothing unless polled"]
    pub struct Resolve<K, S: ReturnType, F> {
        answer: Option<S::Return>,
        #[pin]
        load: Option<Load<K, S, F>>,
    }
}

impl<K, S: ReturnType, F> Resolve<K, S, F> {
    pub(super) fn ready(answer: S::Return) -> Self {
        Resolve {
            answer: Some(answer),
            load: None,
        }
    }

    pub(super) fn pending(load: Load<K, S, F>) -> Self {
        Resolve {
            answer: None,
            load: Some(load),
        }
    }
}

impl<K: CacheKey, S: ShareError<Value: CacheValue>, F: Future<Output = S::Return>> Future
    for Resolve<K, S, F>
{
    type Output = S::Return;

    fn poll(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<S::Return> {
        let this = self.project();
        if let Some(answer) = this.answer.take() {
            return Poll::Ready(answer);
        }
        match this.load.as_pin_mut() {
            Some(load) => load.poll(cx),
            None => panic!("a cached call was polled after it had finished"),
        }
    }
}
