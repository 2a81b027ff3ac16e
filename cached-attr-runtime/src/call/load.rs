//! The second half of a call: the body, or the wait for another call's.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use pin_project_lite::pin_project;

use super::end::{ErrorRules, finish, time_out};
use super::erased::ErasedCall;
use super::overdue::Overdue;
use super::pending::{PendingCall, Progress, enter_alone};
use crate::CacheValue;
use crate::key::CacheKey;
use crate::lookup::AnswerSlot;
use crate::return_type::{ReturnType, ShareError};

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
        rules: ErrorRules<S>,
        types: PhantomData<fn() -> K>,
    }
}

impl<K, S: ReturnType, F: Future<Output = S::Return>> Load<K, S, F> {
    pub(super) fn new(rules: ErrorRules<S>, call: Option<ErasedCall>, body: F) -> Self {
        Load {
            body: Some(body),
            state: call.map_or(State::Alone, State::Pending),
            rules,
            types: PhantomData,
        }
    }
}

/// What polling a load came to.
pub(super) enum Polled<A> {
    Pending,
    Answered(A),
    /// The call has this answer; the load goes on without it.
    MovesToBackground(A),
}

impl<K: CacheKey, S: ShareError<Value: CacheValue>, F: Future<Output = S::Return>> Load<K, S, F> {
    /// Whether nothing is left to poll.
    pub(super) fn is_done(&self) -> bool {
        matches!(self.state, State::Done)
    }

    pub(super) fn call(&mut self) -> Option<&mut PendingCall> {
        match &mut self.state {
            State::Pending(erased) => Some(erased.call()),
            State::Alone | State::Done => None,
        }
    }

    /// Polls it. `movable`: the body can go on in the background.
    pub(super) fn advance(
        self: Pin<&mut Self>,
        cx: &mut TaskContext<'_>,
        movable: bool,
    ) -> Polled<S::Return> {
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
                return Polled::Pending;
            }
            Progress::Answered => {
                return match slot.into_answer() {
                    Some(answer) => Polled::Answered(answer),
                    // Nothing was taken after all: the body is always right.
                    None => poll_alone(body, this.state, cx),
                };
            }
            Progress::RunBody => {}
        }
        if let Poll::Ready(answer) = poll_in(call, body, cx) {
            this.body.set(None);
            return Polled::Answered(finish::<K, S>(call, answer, this.rules));
        }
        call.end_poll();
        let slot = AnswerSlot::<K, S>::new();
        let moves = match call.overdue(cx, &slot, movable) {
            Overdue::No => false,
            Overdue::MovesToBackground => true,
            Overdue::Served => {
                if let Some(answer) = slot.into_answer() {
                    this.body.set(None);
                    return Polled::Answered(answer);
                }
                return Polled::Pending;
            }
            Overdue::TimedOut => {
                this.body.set(None);
                return match time_out::<K, S>(call, this.rules) {
                    Some(answer) => Polled::Answered(answer),
                    None => Polled::Pending,
                };
            }
        };
        *this.state = State::Pending(erased);
        match slot.into_answer() {
            Some(answer) if moves => Polled::MovesToBackground(answer),
            _ => Polled::Pending,
        }
    }
}

impl<K: CacheKey, S: ShareError<Value: CacheValue>, F: Future<Output = S::Return>> Future
    for Load<K, S, F>
{
    type Output = S::Return;

    fn poll(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<S::Return> {
        match self.advance(cx, false) {
            Polled::Pending => Poll::Pending,
            Polled::Answered(answer) | Polled::MovesToBackground(answer) => Poll::Ready(answer),
        }
    }
}

/// Polls a body as the load of its call.
fn poll_in<F: Future>(
    call: &mut PendingCall,
    body: Pin<&mut F>,
    cx: &mut TaskContext<'_>,
) -> Poll<F::Output> {
    let (waker, _entered) = call.begin_poll(cx.waker());
    match &waker {
        Some(waker) => body.poll(&mut TaskContext::from_waker(waker)),
        None => body.poll(cx),
    }
}

fn poll_alone<F: Future>(
    body: Pin<&mut F>,
    state: &mut State,
    cx: &mut TaskContext<'_>,
) -> Polled<F::Output> {
    let _entered = enter_alone();
    match body.poll(cx) {
        Poll::Ready(answer) => Polled::Answered(answer),
        Poll::Pending => {
            *state = State::Alone;
            Polled::Pending
        }
    }
}
