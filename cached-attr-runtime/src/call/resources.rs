//! Resources side by side: several calls in one poll loop.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use tokio::sync::SetOnce;

/// How far a resource is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It loads.
    Pending,
    /// It is there.
    Done,
    /// It is an error that ends the handler.
    Failed,
}

pin_project! {
    /// One resource: a call, and then its answer.
    pub struct ResourceSlot<F: Future> {
        #[pin]
        future: Option<F>,
        answer: Option<F::Output>,
        failed: fn(&F::Output) -> bool,
    }
}

impl<F: Future> ResourceSlot<F> {
    /// A resource that always has an answer.
    pub fn new(future: F) -> Self {
        ResourceSlot {
            future: Some(future),
            answer: None,
            failed: |_| false,
        }
    }

    /// The answer, once it is there.
    #[must_use]
    pub fn take(self: Pin<&mut Self>) -> Option<F::Output> {
        self.project().answer.take()
    }
}

impl<F: Future<Output: TryValue>> ResourceSlot<F> {
    /// A resource whose error ends the handler: one that is tried with `?`.
    pub fn fallible(future: F) -> Self {
        ResourceSlot {
            failed: |answer| answer.value().is_none(),
            ..ResourceSlot::new(future)
        }
    }
}

/// What `?` can be written after.
pub trait TryValue {
    /// What `?` gives.
    type Value;
    /// It, if it does not return.
    fn value(&self) -> Option<&Self::Value>;
}

impl<T, E> TryValue for Result<T, E> {
    type Value = T;

    fn value(&self) -> Option<&T> {
        self.as_ref().ok()
    }
}

impl<T> TryValue for Option<T> {
    type Value = T;

    fn value(&self) -> Option<&T> {
        self.as_ref()
    }
}

/// A resource of any type.
pub trait Progress {
    /// Polls it, unless it is there.
    fn advance(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Step;
}

impl<F: Future> Progress for ResourceSlot<F> {
    fn advance(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Step {
        let mut this = self.project();
        if let Some(future) = this.future.as_mut().as_pin_mut() {
            match future.poll(cx) {
                Poll::Pending => return Step::Pending,
                Poll::Ready(answer) => *this.answer = Some(answer),
            }
            // What a finished call held is dropped while the others still load.
            this.future.set(None);
        }
        match this.answer {
            Some(answer) if (this.failed)(answer) => Step::Failed,
            _ => Step::Done,
        }
    }
}

/// Polls all resources once. Ready when all are there, or as soon as one has failed: the others have been
/// polled then too, so that of several failing at once the first in source order can be reported.
pub fn join(cx: &mut Context<'_>, slots: &mut [Pin<&mut dyn Progress>]) -> Poll<()> {
    let mut pending = false;
    let mut failed = false;
    for slot in slots {
        match slot.as_mut().advance(cx) {
            Step::Pending => pending = true,
            Step::Failed => failed = true,
            Step::Done => {}
        }
    }
    if pending && !failed {
        Poll::Pending
    } else {
        Poll::Ready(())
    }
}

/// A resource's value, for the other resources that name it.
#[derive(Default)]
pub struct SharedValue<V>(SetOnce<V>);

impl<V: Clone> SharedValue<V> {
    /// No value yet.
    #[must_use]
    pub fn new() -> Self {
        SharedValue(SetOnce::new())
    }

    /// Hands the value to those who wait. Only the first one counts.
    pub fn set(&self, value: &V) {
        let _ = self.0.set(value.clone());
    }

    /// Hands on the value of an answer, if it has one.
    pub fn note(&self, answer: &impl TryValue<Value = V>) {
        if let Some(value) = answer.value() {
            self.set(value);
        }
    }

    /// Waits for the value. Cancel safe.
    pub async fn get(&self) -> V {
        self.0.wait().await.clone()
    }
}
