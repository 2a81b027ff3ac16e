//! `Scoped`: a future in a context of its own.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use pin_project_lite::pin_project;

use super::{Context, Entered};

pin_project! {
    /// A future that runs in context of its own, made by
    /// [`CacheControl::scope`](crate::CacheControl::scope) and [`CacheControlExt`](crate::CacheControlExt).
    ///
    /// Cancel safe whenever the future inside is.
    #[must_use = "futures do nothing unless polled"]
    pub struct Scoped<F> {
        // None once it is being dropped.
        #[pin]
        future: Option<F>,
        context: Context,
        entered: bool,
    }

    impl<F> PinnedDrop for Scoped<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            // What a future does when it is dropped, as a writer that invalidates, it does in a test's own caches too.
            let is_isolated = this.context.isolation.is_some();
            let _entered = is_isolated.then(|| Entered::new(this.context));
            this.future.set(None);
        }
    }
}

impl<F: Future> Scoped<F> {
    pub(crate) fn new(future: F, context: Context) -> Self {
        Scoped {
            future: Some(future),
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
            // It belongs to the context in which it is first polled.
            *this.context = std::mem::take(this.context).inside(Context::current());
            *this.entered = true;
        }
        let _entered = Entered::new(this.context);
        match this.future.as_pin_mut() {
            Some(future) => future.poll(cx),
            None => Poll::Pending,
        }
    }
}

impl<F> std::fmt::Debug for Scoped<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scoped")
            .field("control", &self.context.control)
            .finish_non_exhaustive()
    }
}
