//! The second half of a call: the body, or the wait for another call's.

use std::future::{Future, poll_fn};
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use pin_project_lite::pin_project;

use super::end::{ErrorRules, finish, time_out};
use super::erased::ErasedCall;
use super::overdue::Overdue;
use super::pending::{PendingCall, Progress, enter_alone};
use crate::CacheValue;
use crate::background;
use crate::key::CacheKey;
use crate::lookup::AnswerSlot;
use crate::return_type::{ReturnType, ShareError};

/// A body that owns what it uses.
pub type OwnedBody<S> = Pin<Box<dyn Future<Output = <S as ReturnType>::Return> + Send>>;

/// Takes a body out of its call, and runs it in the background.
type MoveToBackground<S, F> = fn(Pin<&mut Option<F>>, ErasedCall, ErrorRules<S>);

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
        // None where the body borrows from the call.
        movable: Option<MoveToBackground<S, F>>,
        types: PhantomData<fn() -> K>,
    }
}

impl<K, S: ReturnType, F: Future<Output = S::Return>> Load<K, S, F> {
    pub(super) fn new(rules: ErrorRules<S>, call: Option<ErasedCall>, body: F) -> Self {
        Load {
            body: Some(body),
            state: call.map_or(State::Alone, State::Pending),
            rules,
            movable: None,
            types: PhantomData,
        }
    }
}

impl<K, S> Load<K, S, OwnedBody<S>>
where
    K: CacheKey,
    S: ShareError<Value: CacheValue, Return: Send> + 'static,
{
    /// It may go on in the background.
    pub(super) fn movable(mut self) -> Self {
        self.movable = Some(|body, call, rules| {
            if let Some(body) = Pin::get_mut(body).take() {
                Self::new(rules, Some(call), body).run_in_background();
            }
        });
        self
    }

    /// Runs a load that belongs to no call.
    pub(super) fn run_in_background(mut self) {
        if let State::Pending(erased) = &mut self.state
            && let Some(runtime) = erased.call().runtime().cloned()
        {
            let ended = poll_fn(move |cx| match Pin::new(&mut self).poll(cx) {
                Poll::Pending if !matches!(self.state, State::Done) => Poll::Pending,
                // Nobody takes its answer; one that took too long has none.
                Poll::Pending | Poll::Ready(_) => Poll::Ready(()),
            });
            background::spawn(&runtime, ended);
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
        match poll_in(call, body, cx) {
            Poll::Ready(answer) => {
                this.body.set(None);
                Poll::Ready(finish::<K, S>(call, answer, this.rules))
            }
            Poll::Pending => {
                call.end_poll();
                let slot = AnswerSlot::<K, S>::new();
                match call.overdue(cx, &slot, this.movable.is_some()) {
                    Overdue::No => *this.state = State::Pending(erased),
                    Overdue::MovesToBackground => {
                        if let (Some(move_body), Some(answer)) = (this.movable, slot.into_answer())
                        {
                            let rules = std::mem::replace(this.rules, ErrorRules::new());
                            move_body(this.body.as_mut(), erased, rules);
                            return Poll::Ready(answer);
                        }
                    }
                    Overdue::Served => {
                        if let Some(answer) = slot.into_answer() {
                            this.body.set(None);
                            return Poll::Ready(answer);
                        }
                    }
                    Overdue::TimedOut => {
                        this.body.set(None);
                        if let Some(answer) = time_out::<K, S>(call, this.rules) {
                            return Poll::Ready(answer);
                        }
                    }
                }
                Poll::Pending
            }
        }
    }
}

/// Polls a body as the load of its call.
fn poll_in<F: Future>(
    call: &PendingCall,
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
) -> Poll<F::Output> {
    let _entered = enter_alone();
    let polled = body.poll(cx);
    if polled.is_pending() {
        *state = State::Alone;
    }
    polled
}
