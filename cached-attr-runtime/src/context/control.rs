//! `CacheControl`: what one call asks of every cache it meets.

use std::time::Duration;

use super::{Context, Scoped};

/// What a call, and everything it awaits in the same task, asks of the caches below it: the request
/// directives of [RFC 9111, section 5.2.1](https://www.rfc-editor.org/rfc/rfc9111#section-5.2.1).
///
/// Nested scopes add up: the stricter word counts.
///
/// ```
/// use std::time::Duration;
/// use cached_attr_runtime::CacheControl;
///
/// # async fn handler() {}
/// # async fn example() {
/// CacheControl::new()
///     .max_age(Duration::from_secs(5))
///     .scope(handler())
///     .await;
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use = "a `CacheControl` does nothing until a future runs in its `scope`"]
pub struct CacheControl {
    max_age: Option<Duration>,
    no_store: bool,
    no_cache: bool,
}

impl CacheControl {
    /// No directives.
    pub const fn new() -> Self {
        CacheControl {
            max_age: None,
            no_store: false,
            no_cache: false,
        }
    }

    /// Takes no answer of this age or older. Zero always loads, and stores what it loaded.
    pub const fn max_age(mut self, age: Duration) -> Self {
        self.max_age = Some(age);
        self
    }

    /// Reads nothing, but stores the new answers.
    pub const fn no_cache(mut self) -> Self {
        self.no_cache = true;
        self
    }

    /// Reads nothing and writes nothing.
    pub const fn no_store(mut self) -> Self {
        self.no_store = true;
        self
    }

    /// Runs a future under these directives.
    ///
    /// They hold for what the future awaits, not for tasks that it spawns. Cancel safe whenever the future is.
    pub fn scope<F: Future>(self, future: F) -> Scoped<F> {
        Scoped::new(future, Context::with_control(self))
    }

    /// Both sets of directives at once: the stricter one of each kind.
    pub(crate) fn and(self, other: CacheControl) -> CacheControl {
        CacheControl {
            max_age: match (self.max_age, other.max_age) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            },
            no_store: self.no_store || other.no_store,
            no_cache: self.no_cache || other.no_cache,
        }
    }

    pub(crate) fn stores_nothing(self) -> bool {
        self.no_store
    }

    /// The age from which on an answer is too old; none for a caller without directives.
    pub(crate) fn max_answer_age(self) -> Option<Duration> {
        if self.no_cache {
            Some(Duration::ZERO)
        } else {
            self.max_age
        }
    }
}

/// [`CacheControl`] for one call: `script(&db, id).max_age(Duration::ZERO).await`.
pub trait CacheControlExt: Future + Sized {
    /// Takes no answer of this age or older; see [`CacheControl::max_age`].
    fn max_age(self, age: Duration) -> Scoped<Self> {
        CacheControl::new().max_age(age).scope(self)
    }

    /// Reads nothing, but stores the new answers; see [`CacheControl::no_cache`].
    fn no_cache(self) -> Scoped<Self> {
        CacheControl::new().no_cache().scope(self)
    }

    /// Reads nothing and writes nothing; see [`CacheControl::no_store`].
    fn no_store(self) -> Scoped<Self> {
        CacheControl::new().no_store().scope(self)
    }

    /// Also returns how the outermost cached call was answered; see [`CacheStatus`](crate::CacheStatus).
    fn with_status(self) -> crate::context::WithStatus<Self> {
        crate::context::WithStatus::new(self)
    }
}

impl<F: Future> CacheControlExt for F {}
