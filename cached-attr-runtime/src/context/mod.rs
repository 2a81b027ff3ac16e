//! What travels with a call through everything it awaits in its task.

mod control;
mod status;

pub use control::{CacheControl, CacheControlExt};
pub(crate) use status::StatusCell;
pub use status::{CacheStatus, ForwardReason, WithStatus};

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};

use pin_project_lite::pin_project;

use crate::store::Flight;
use crate::store::Store;
use crate::testing::Isolation;

/// The surroundings of a call.
#[derive(Clone, Default)]
pub(crate) struct Context {
    pub(crate) control: CacheControl,
    /// The load that the call is part of.
    pub(crate) load: Option<Arc<Flight>>,
    /// Where the outermost cached call leaves its status.
    pub(crate) status: Option<Arc<StatusCell>>,
    /// A test's own caches.
    pub(crate) isolation: Option<Arc<Isolation>>,
}

thread_local! {
    /// Whether there is anything in `CURRENT`: all that a hit asks.
    static ACTIVE: Cell<bool> = const { Cell::new(false) };
    static CURRENT: RefCell<Context> = RefCell::new(Context::default());
}

/// Whether the current call has any surroundings.
#[inline]
pub(crate) fn is_active() -> bool {
    ACTIVE.get()
}

impl Context {
    pub(crate) fn current() -> Context {
        if is_active() {
            CURRENT.with_borrow(Context::clone)
        } else {
            Context::default()
        }
    }

    /// The current surroundings without a place for a status, if they have one.
    pub(crate) fn without_status() -> Option<Context> {
        let current = Context::current();
        current.status.is_some().then_some(Context {
            status: None,
            ..current
        })
    }

    pub(crate) fn with_control(control: CacheControl) -> Context {
        Context {
            control,
            ..Context::default()
        }
    }

    fn is_empty(&self) -> bool {
        self.control == CacheControl::new()
            && self.load.is_none()
            && self.status.is_none()
            && self.isolation.is_none()
    }

    /// These surroundings inside others.
    fn inside(self, outer: Context) -> Context {
        Context {
            control: self.control.and(outer.control),
            load: self.load.or(outer.load),
            status: self.status.or(outer.status),
            isolation: self.isolation.or(outer.isolation),
        }
    }

    /// Puts these surroundings in place until the guard is dropped.
    pub(crate) fn enter(self) -> Entered {
        ACTIVE.set(!self.is_empty());
        Entered(CURRENT.replace(self))
    }

    /// The store that a call here uses: a test's own where there is one.
    pub(crate) fn store(&self, store: &Arc<Store>) -> Arc<Store> {
        match &self.isolation {
            Some(isolation) => isolation.store(store),
            None => Arc::clone(store),
        }
    }
}

/// Restores the surroundings that were there before.
pub(crate) struct Entered(Context);

impl Drop for Entered {
    fn drop(&mut self) {
        let before = std::mem::take(&mut self.0);
        ACTIVE.set(!before.is_empty());
        drop(CURRENT.replace(before));
    }
}

pin_project! {
    /// A future that runs in surroundings of its own, made by
    /// [`CacheControl::scope`](crate::CacheControl::scope) and [`CacheControlExt`](crate::CacheControlExt).
    ///
    /// Cancel safe whenever the future inside is.
    #[must_use = "futures do nothing unless polled"]
    pub struct Scoped<F> {
        #[pin]
        future: F,
        context: Context,
        entered: bool,
    }
}

impl<F: Future> Scoped<F> {
    pub(crate) fn new(future: F, context: Context) -> Self {
        Scoped {
            future,
            context,
            entered: false,
        }
    }
}

impl<F: Future> Future for Scoped<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<F::Output> {
        let this = self.project();
        if !*this.entered {
            // The surroundings in which it is first polled are those it belongs to.
            *this.context = std::mem::take(this.context).inside(Context::current());
            *this.entered = true;
        }
        let _entered = this.context.clone().enter();
        this.future.poll(cx)
    }
}

impl<F> std::fmt::Debug for Scoped<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scoped")
            .field("control", &self.context.control)
            .finish_non_exhaustive()
    }
}
