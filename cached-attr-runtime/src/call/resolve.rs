//! An answer that is there at once, or loaded.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use pin_project_lite::pin_project;

use super::load::Load;
use crate::CacheValue;
use crate::key::CacheKey;
use crate::return_type::{ReturnType, ShareError};

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
