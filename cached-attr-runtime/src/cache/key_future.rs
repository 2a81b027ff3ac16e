//! `KeyFuture`: what the methods that take a key return.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::FnCache;

/// The future of a method of [`FnCache`] that takes a key: it takes effect in its first poll.
///
/// Where only memory is concerned that poll is also the last.
// A named type without a bound on `Q`: with an `async fn` the compiler reports a wrong key three times, at the key, at
// the call and at its `.await`.
#[must_use = "futures do nothing unless they are awaited"]
pub struct KeyFuture<'a, K, V, Q, T> {
    cache: &'a FnCache<K, V>,
    state: State<'a, K, V, Q, T>,
}

/// What the first poll does, which knows that `Q` is a form of `K`.
type Start<'a, K, V, Q, T> = fn(&'a FnCache<K, V>, Q) -> Step<'a, T>;

enum State<'a, K, V, Q, T> {
    New(Q, Start<'a, K, V, Q, T>),
    InTier(InTier<'a, T>),
    Done,
}

/// The rest, in the shared tier.
type InTier<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// How far the first poll gets.
pub(super) enum Step<'a, T> {
    Done(T),
    InTier(InTier<'a, T>),
}

impl<'a, K, V, Q, T> KeyFuture<'a, K, V, Q, T> {
    pub(super) fn new(cache: &'a FnCache<K, V>, key: Q, start: Start<'a, K, V, Q, T>) -> Self {
        KeyFuture {
            cache,
            state: State::New(key, start),
        }
    }
}

/// The key is never pinned, and what runs in the tier is boxed.
impl<K, V, Q, T> Unpin for KeyFuture<'_, K, V, Q, T> {}

impl<K, V, Q, T> Future for KeyFuture<'_, K, V, Q, T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<T> {
        let mut in_tier = match std::mem::replace(&mut self.state, State::Done) {
            State::New(key, start) => match start(self.cache, key) {
                Step::Done(answer) => return Poll::Ready(answer),
                Step::InTier(future) => future,
            },
            State::InTier(future) => future,
            State::Done => panic!("a future was polled after it had completed"),
        };
        let polled = in_tier.as_mut().poll(task);
        if polled.is_pending() {
            self.state = State::InTier(in_tier);
        }
        polled
    }
}

impl<K, V, Q, T> fmt::Debug for KeyFuture<'_, K, V, Q, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the key: it may be personal data.
        f.debug_struct("KeyFuture").finish_non_exhaustive()
    }
}
