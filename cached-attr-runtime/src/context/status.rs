//! `CacheStatus`: how one call was answered.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context as TaskContext, Poll, ready};
use std::time::Duration;

use pin_project_lite::pin_project;

use super::{Context, Scoped};
use crate::lock::lock;

/// Why a call was not answered from memory: `fwd` of RFC 9211.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ForwardReason {
    /// The cache was not asked: `bypass`, `no_store`, a zero ttl, a disabled cache.
    Bypass,
    /// The caller wanted no stored answer: `refresh`, `no_cache`, or `max_age` shorter than its age.
    Request,
    /// There was none.
    Miss,
    /// There was one, too old.
    Stale,
}

/// How a call was answered, in the words of [RFC 9211](https://www.rfc-editor.org/rfc/rfc9211).
///
/// [`Display`](fmt::Display) writes the value of a `Cache-Status` header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
#[allow(
    clippy::struct_excessive_bools,
    reason = "the parameters of a Cache-Status header are flags"
)]
pub struct CacheStatus {
    /// Answered from memory, or from the shared tier.
    pub hit: bool,
    /// The answer is a record of the shared tier: another replica may have loaded it.
    pub shared: bool,
    /// The answer is past its lifetime: the source has failed, takes long, or is asked in the background.
    pub stale: bool,
    /// Why the source was asked.
    pub fwd: Option<ForwardReason>,
    /// Answered by a load that another call ran.
    pub collapsed: bool,
    /// The answer was stored by this call.
    pub stored: bool,
    /// How long the answer stays fresh; none where it is not stored or never ends.
    pub ttl: Option<Duration>,
}

impl fmt::Display for CacheStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cached-attr")?;
        if self.hit {
            f.write_str("; hit")?;
        }
        if let Some(forward) = self.fwd {
            f.write_str("; fwd=")?;
            f.write_str(match forward {
                ForwardReason::Bypass => "bypass",
                ForwardReason::Request => "request",
                ForwardReason::Miss => "miss",
                ForwardReason::Stale => "stale",
            })?;
        }
        if self.stale {
            f.write_str("; detail=stale")?;
        } else if self.shared {
            f.write_str("; detail=shared")?;
        }
        if self.collapsed {
            f.write_str("; collapsed")?;
        }
        if self.stored {
            f.write_str("; stored")?;
        }
        match self.ttl {
            Some(ttl) => write!(f, "; ttl={}", ttl.as_secs()),
            None => Ok(()),
        }
    }
}

/// Where a call leaves its status.
#[derive(Default)]
pub(crate) struct StatusCell {
    status: Mutex<CacheStatus>,
    /// Where it leaves the same: the call has a cell of its own inside of that of a [`WithStatus`].
    #[cfg(feature = "tracing")]
    outer: Option<Arc<StatusCell>>,
}

impl StatusCell {
    /// A cell of its own for a call whose status is wanted elsewhere too.
    #[cfg(feature = "tracing")]
    pub(crate) fn inside(outer: Option<Arc<StatusCell>>) -> Self {
        StatusCell {
            outer,
            ..StatusCell::default()
        }
    }

    pub(crate) fn read(&self) -> CacheStatus {
        *lock(&self.status)
    }

    pub(crate) fn write(&self, change: impl FnOnce(&mut CacheStatus)) {
        let mut status = lock(&self.status);
        change(&mut status);
        #[cfg(feature = "tracing")]
        if let Some(outer) = &self.outer {
            let changed = *status;
            drop(status);
            *lock(&outer.status) = changed;
        }
    }
}

pin_project! {
    /// A future that also returns how its outermost cached call was answered; of several such calls, how the
    /// last one was. Made by [`CacheControlExt::with_status`](crate::CacheControlExt::with_status).
    ///
    /// Cancel safe whenever the future inside is.
    #[must_use = "futures do nothing unless polled"]
    pub struct WithStatus<F> {
        #[pin]
        future: Scoped<F>,
        cell: Arc<StatusCell>,
    }
}

impl<F: Future> WithStatus<F> {
    pub(crate) fn new(future: F) -> Self {
        let cell = Arc::new(StatusCell::default());
        let context = Context {
            status: Some(Arc::clone(&cell)),
            ..Context::default()
        };
        WithStatus {
            future: Scoped::new(future, context),
            cell,
        }
    }
}

impl<F: Future> Future for WithStatus<F> {
    type Output = (F::Output, CacheStatus);

    fn poll(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let answer = ready!(this.future.poll(cx));
        Poll::Ready((answer, this.cell.read()))
    }
}

impl<F> fmt::Debug for WithStatus<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WithStatus").finish_non_exhaustive()
    }
}
