//! The second half of a call: the body, or the wait for somebody else's.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use pin_project_lite::pin_project;

use super::search::Taking;
use super::stage::{Stage, Turn, Underway, alone};
use crate::Stored;
use crate::entry::{Pair, Resident};
use crate::key::Key;
use crate::shape::{Shape, Share};

/// What `stale_if_error_when` says.
pub(super) type Judge<S> = fn(&<S as Shape>::Error) -> bool;

pin_project! {
    /// A call that runs its body, or waits for the load of another call. It is `Send` when the body is.
    #[must_use = "futures do nothing unless polled"]
    pub struct Load<K, S: Shape, F> {
        // Dropped before the call: a cancelled body is gone when whoever waits for it begins another.
        #[pin]
        body: F,
        // None where the body runs by itself.
        call: Option<Underway>,
        // Which errors are failures; the others are the source's last word.
        judge: Option<Judge<S>>,
        types: PhantomData<fn() -> K>,
    }
}

impl<K, S: Shape, F: Future<Output = S::Return>> Load<K, S, F> {
    pub(super) fn new(judge: Option<Judge<S>>, call: Option<Underway>, body: F) -> Self {
        Load {
            judge,
            call,
            types: PhantomData,
            body,
        }
    }
}

impl<K: Key, S: Share<Value: Stored>, F: Future<Output = S::Return>> Future for Load<K, S, F> {
    type Output = S::Return;

    fn poll(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<S::Return> {
        let this = self.project();
        // Out of its place while it is worked on: a panic leaves nothing behind that holds the key.
        let Some(mut call) = this.call.take() else {
            let _inside = alone();
            return this.body.poll(cx);
        };
        let stage = call.stage();
        let taking = Taking::<K, S>::new();
        match stage.advance(cx, &taking) {
            Turn::Pending => {
                *this.call = Some(call);
                return Poll::Pending;
            }
            Turn::Found => {
                if let Some(answer) = taking.into_answer() {
                    return Poll::Ready(answer);
                }
                // Nothing was taken after all: the body is always right.
                let _inside = alone();
                return this.body.poll(cx);
            }
            Turn::Body => {}
        }
        let polled = {
            let _inside = stage.enter();
            this.body.poll(cx)
        };
        match polled {
            Poll::Ready(answer) => Poll::Ready(finish::<K, S>(stage, answer, *this.judge)),
            Poll::Pending => {
                stage.rest();
                *this.call = Some(call);
                Poll::Pending
            }
        }
    }
}

/// Stores what a load came to and tells those who wait.
fn finish<K: Key, S: Share<Value: Stored>>(
    stage: &mut Stage,
    answer: S::Return,
    judge: Option<Judge<S>>,
) -> S::Return {
    let Some(lead) = stage.over() else {
        return answer;
    };
    let ticket = &stage.ticket;
    let pair = |answer| {
        Some(Pair {
            key: ticket.key.get::<K>()?.clone(),
            answer,
        })
    };
    match S::split(answer) {
        Ok(value) => {
            let kept = value.clone();
            let may_store = ticket.policy.may_store(&kept);
            let facts = ticket.facts(&lead, &kept);
            if let Some(pair) = pair(Ok(kept)) {
                ticket.succeed(lead, Resident::new(&facts, pair), may_store);
            }
            S::wrap(value)
        }
        Err(error) => {
            let taking = Taking::<K, S>::new();
            let is_failure = judge.is_none_or(|judge| judge(&error));
            let shared = S::share(&error);
            let stands_in = ticket.fail(lead, shared, is_failure, &taking, &|facts, failure| {
                Some(Resident::new(facts, pair(Err(failure))?))
            });
            match taking.into_answer() {
                Some(old) if stands_in => old,
                _ => S::fail(error),
            }
        }
    }
}
