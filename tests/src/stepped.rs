//! Futures that a test moves on by hand: the schedule is written down.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

use tokio::task::coop::unconstrained;

/// Polls a future once.
pub async fn poll_once<F: Future + ?Sized>(mut future: Pin<&mut F>) -> Option<F::Output> {
    poll_fn(|cx| {
        // Tokio's budget would make a future look unready that is ready.
        let mut future = unconstrained(future.as_mut());
        Poll::Ready(match Pin::new(&mut future).poll(cx) {
            Poll::Ready(answer) => Some(answer),
            Poll::Pending => None,
        })
    })
    .await
}

/// A call that has begun and goes on only when the test says so. Dropping it cancels the call.
#[derive(Debug)]
pub struct Stepped<F>(Pin<Box<F>>);

impl<F: Future> Stepped<F> {
    /// Begins a call that does not end at once.
    ///
    /// # Panics
    ///
    /// If it does.
    pub async fn begin(future: F) -> Self {
        let mut call = Stepped(Box::pin(future));
        assert!(call.step().await.is_none(), "the call ended at once");
        call
    }

    /// Polls it once.
    pub async fn step(&mut self) -> Option<F::Output> {
        poll_once(self.0.as_mut()).await
    }

    /// Lets it run to its end.
    pub async fn finish(self) -> F::Output {
        self.0.await
    }
}
