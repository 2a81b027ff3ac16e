//! What travels with a call through everything it awaits in its task.

mod control;
mod isolation;
mod scope;
mod status;

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use crate::store::{RunningLoad, Store};

pub use control::{CacheControl, CacheControlExt};
pub(crate) use isolation::Isolation;
pub use scope::Scoped;
pub(crate) use status::StatusCell;
pub use status::{CacheStatus, ForwardReason, WithStatus};

/// The context of a call.
#[derive(Clone, Default)]
pub(crate) struct Context {
    pub(crate) control: CacheControl,
    /// The load that the call is part of.
    pub(crate) load: Option<Arc<RunningLoad>>,
    /// Where the outermost cached call leaves its status.
    pub(crate) status: Option<Arc<StatusCell>>,
    /// A test's own caches.
    pub(crate) isolation: Option<Arc<Isolation>>,
}

thread_local! {
    /// Whether there is anything in `CURRENT`: all that a hit looks at.
    static ACTIVE: Cell<bool> = const { Cell::new(false) };
    static CURRENT: RefCell<Context> = RefCell::new(Context::default());
}

/// Whether the current call has any context.
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

    /// The current context without a place for a status, if they have one.
    pub(crate) fn without_status() -> Option<Context> {
        let current = Context::current();
        current.status.is_some().then_some(Context {
            status: None,
            ..current
        })
    }

    /// This context for a load that belongs to no call: neither part of the load around it, nor with a place for a status.
    pub(crate) fn in_background(&self) -> Context {
        Context {
            load: None,
            status: None,
            ..self.clone()
        }
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

    /// This context inside another.
    fn inside(self, outer: Context) -> Context {
        Context {
            control: self.control.and(outer.control),
            load: self.load.or(outer.load),
            status: self.status.or(outer.status),
            isolation: self.isolation.or(outer.isolation),
        }
    }

    /// Puts this context in place until the guard is dropped.
    pub(crate) fn enter(self) -> Entered {
        ACTIVE.set(!self.is_empty());
        Entered(CURRENT.replace(self))
    }

    /// Changes the status of the outermost cached call, if that is wanted and this is it.
    pub(crate) fn record(&self, change: impl FnOnce(&mut CacheStatus)) {
        if let Some(cell) = &self.status {
            cell.write(change);
        }
    }

    /// The store that a call here uses: a test's own where there is one.
    pub(crate) fn active_store(&self, store: &Arc<Store>) -> Arc<Store> {
        match &self.isolation {
            Some(isolation) => isolation.store(store),
            None => Arc::clone(store),
        }
    }
}

/// Restores the context that was there before.
pub(crate) struct Entered(Context);

impl Drop for Entered {
    fn drop(&mut self) {
        let before = std::mem::take(&mut self.0);
        ACTIVE.set(!before.is_empty());
        drop(CURRENT.replace(before));
    }
}
