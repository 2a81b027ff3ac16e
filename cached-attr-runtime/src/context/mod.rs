//! What travels with a call through everything it awaits in its task.

mod control;
mod isolation;
mod scope;
mod status;

use std::borrow::BorrowMut;
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

    /// Changes places with the current context.
    fn swap(&mut self) {
        ACTIVE.set(!self.is_empty());
        CURRENT.with_borrow_mut(|current| std::mem::swap(current, self));
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

/// A context that is in place until this is dropped. It has changed places with the one that was there before.
pub(crate) struct Entered<C: BorrowMut<Context>>(C);

impl<C: BorrowMut<Context>> Entered<C> {
    pub(crate) fn new(mut context: C) -> Self {
        context.borrow_mut().swap();
        Entered(context)
    }
}

impl<C: BorrowMut<Context>> Drop for Entered<C> {
    fn drop(&mut self) {
        self.0.borrow_mut().swap();
    }
}
