//! The second half of a call: the body, or the wait for somebody else's.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use pin_project_lite::pin_project;

use super::pending::{Stage, Turn, Underway, alone};
use crate::CacheValue;
use crate::entry::{KeyValue, SharedEntry};
use crate::key::CacheKey;
use crate::lookup::AnswerSlot;
use crate::return_type::{ReturnType, ShareError};

/// What `stale_if_error_when` says.
pub(super) type Judge<S> = fn(&<S as ReturnType>::Error) -> bool;

enum Course {
    /// The body runs by itself.
    Alone,
    Underway(Underway),
    Over,
}

pin_project! {
    /// A call that runs its body, or waits for the load of another call. It is `Send` when the body is.
    #[must_use = "futures do nothing unless polled"]
    pub struct Load<K, S: ReturnType, F> {
        // Dropped before the call: a cancelled body is gone when whoever waits for it begins another.
        #[pin]
        body: F,
        course: Course,
        // Which errors are failures; the others are the source's last word.
        judge: Option<Judge<S>>,
        types: PhantomData<fn() -> K>,
    }
}

impl<K, S: ReturnType, F: Future<Output = S::Return>> Load<K, S, F> {
    pub(super) fn new(judge: Option<Judge<S>>, call: Option<Underway>, body: F) -> Self {
        Load {
            judge,
            course: call.map_or(Course::Alone, Course::Underway),
            types: PhantomData,
            body,
        }
    }
}

impl<K: CacheKey, S: ShareError<Value: CacheValue>, F: Future<Output = S::Return>> Future
    for Load<K, S, F>
{
    type Output = S::Return;

    fn poll(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<S::Return> {
        let this = self.project();
        // Out of its place while it is worked on: a panic leaves nothing behind that holds the key.
        let mut call = match std::mem::replace(this.course, Course::Over) {
            Course::Underway(call) => call,
            Course::Alone => return poll_alone(this.body, this.course, cx),
            Course::Over => panic!("a cached call was polled after it had finished"),
        };
        let stage = call.stage();
        let taking = AnswerSlot::<K, S>::new();
        match stage.advance(cx, &taking) {
            Turn::Pending => {
                *this.course = Course::Underway(call);
                return Poll::Pending;
            }
            Turn::Found => {
                return match taking.into_answer() {
                    Some(answer) => Poll::Ready(answer),
                    // Nothing was taken after all: the body is always right.
                    None => poll_alone(this.body, this.course, cx),
                };
            }
            Turn::ErasedPair => {}
        }
        let polled = {
            let _inside = stage.enter();
            this.body.poll(cx)
        };
        match polled {
            Poll::Ready(answer) => Poll::Ready(finish::<K, S>(stage, answer, *this.judge)),
            Poll::Pending => {
                stage.rest();
                *this.course = Course::Underway(call);
                Poll::Pending
            }
        }
    }
}

fn poll_alone<F: Future>(
    body: Pin<&mut F>,
    course: &mut Course,
    cx: &mut TaskContext<'_>,
) -> Poll<F::Output> {
    let _inside = alone();
    let polled = body.poll(cx);
    if polled.is_pending() {
        *course = Course::Alone;
    }
    polled
}

/// Stores what a load came to and tells those who wait.
fn finish<K: CacheKey, S: ShareError<Value: CacheValue>>(
    stage: &mut Stage,
    answer: S::Return,
    judge: Option<Judge<S>>,
) -> S::Return {
    let Some(lead) = stage.over() else {
        return answer;
    };
    let ticket = &stage.ticket;
    let pair = |answer| {
        Some(KeyValue {
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
                ticket.succeed(lead, SharedEntry::new(&facts, pair), may_store);
            }
            S::wrap(value)
        }
        Err(error) => {
            let taking = AnswerSlot::<K, S>::new();
            let is_failure = judge.is_none_or(|judge| judge(&error));
            let shared = S::share(&error);
            let serves_stale = ticket.fail(lead, shared, is_failure, &taking, &|facts, failure| {
                Some(SharedEntry::new(facts, pair(Err(failure))?))
            });
            match taking.into_answer() {
                Some(old) if serves_stale => old,
                _ => S::fail(error),
            }
        }
    }
}
