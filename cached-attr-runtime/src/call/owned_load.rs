//! A load that may go on without its call.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use super::load::{Load, Polled};
use crate::CacheValue;
use crate::background;
use crate::key::CacheKey;
use crate::return_type::{ReturnType, ShareError};

/// A body that owns what it uses.
pub(super) type OwnedBody<S> = Pin<Box<dyn Future<Output = <S as ReturnType>::Return> + Send>>;

/// The answer of a call: there at once, or loaded by a body that may go on in the background.
#[must_use = "futures do nothing unless polled"]
pub struct OwnedLoad<K, S: ReturnType> {
    answer: Option<S::Return>,
    load: Option<Load<K, S, OwnedBody<S>>>,
}

// Nothing in it is pinned but the body, which is boxed.
impl<K, S: ReturnType> Unpin for OwnedLoad<K, S> {}

impl<K, S: ReturnType> OwnedLoad<K, S> {
    pub(super) fn ready(answer: S::Return) -> Self {
        OwnedLoad {
            answer: Some(answer),
            load: None,
        }
    }

    pub(super) fn pending(load: Load<K, S, OwnedBody<S>>) -> Self {
        OwnedLoad {
            answer: None,
            load: Some(load),
        }
    }
}

impl<K, S> Future for OwnedLoad<K, S>
where
    K: CacheKey,
    S: ShareError<Value: CacheValue, Return: Send> + 'static,
{
    type Output = S::Return;

    fn poll(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<S::Return> {
        if let Some(answer) = self.answer.take() {
            return Poll::Ready(answer);
        }
        let Some(load) = &mut self.load else {
            panic!("a cached call was polled after it had finished");
        };
        match Pin::new(load).advance(cx, true) {
            Polled::Pending => Poll::Pending,
            Polled::Answered(answer) => Poll::Ready(answer),
            Polled::MovesToBackground(answer) => {
                if let Some(load) = self.load.take() {
                    run_in_background(load);
                }
                Poll::Ready(answer)
            }
        }
    }
}

/// Runs a load that belongs to no call.
pub(super) fn run_in_background<K, S>(mut load: Load<K, S, OwnedBody<S>>)
where
    K: CacheKey,
    S: ShareError<Value: CacheValue, Return: Send> + 'static,
{
    let runtime = load.call().and_then(|call| call.runtime().cloned());
    let Some(runtime) = runtime else { return };
    let ended = poll_fn(move |cx| match Pin::new(&mut load).poll(cx) {
        Poll::Pending if !load.is_done() => Poll::Pending,
        // Nobody takes its answer; one that took too long has none.
        Poll::Pending | Poll::Ready(_) => Poll::Ready(()),
    });
    background::spawn(&runtime, ended);
}
