//! Feature `tracing`: an event for each call and a span around each load, both at the level `debug`, with the target
//! `cached_attr`. Neither has a key or a value in it.
//!
//! A call that somebody is interested in takes the slow path, where its status is recorded; every other one looks at the
//! callsite's cached interest, and no more. Without the feature nothing here does anything.

#[cfg(feature = "tracing")]
pub(super) use with::{CallTrace, EnteredSpan, LoadSpan, is_wanted};
#[cfg(not(feature = "tracing"))]
pub(super) use without::{CallTrace, EnteredSpan, LoadSpan, is_wanted};

#[cfg(feature = "tracing")]
mod with {
    use std::sync::Arc;

    use tracing::{Level, Span, debug, debug_span, event_enabled};

    use crate::context::{Context, StatusCell};
    use crate::store::{Flight, Store};

    const TARGET: &str = "cached_attr";

    /// Whether anybody is interested in how calls are answered.
    #[inline]
    pub(in crate::call) fn is_wanted() -> bool {
        event_enabled!(target: TARGET, Level::DEBUG)
    }

    /// A call whose event is recorded when this is dropped: when it is answered, or given up.
    pub(in crate::call) struct CallTrace(Option<Traced>);

    struct Traced {
        store: Arc<Store>,
        status: Arc<StatusCell>,
    }

    impl CallTrace {
        /// Of what has an event of its own, or none.
        pub(in crate::call) fn none() -> Self {
            CallTrace(None)
        }

        /// Begins a call: its context gets a place for its own status.
        pub(in crate::call) fn begin(store: &Arc<Store>, context: &mut Context) -> Self {
            if !is_wanted() {
                return CallTrace::none();
            }
            let status = Arc::new(StatusCell::inside(context.status.take()));
            context.status = Some(Arc::clone(&status));
            CallTrace(Some(Traced {
                store: Arc::clone(store),
                status,
            }))
        }

        /// The call has its answer.
        pub(in crate::call) fn end(&mut self) {
            drop(self.0.take());
        }
    }

    impl Drop for Traced {
        fn drop(&mut self) {
            debug!(
                target: TARGET,
                cache = self.store.name(),
                status = %self.status.read(),
                "cached call"
            );
        }
    }

    /// The span around a load.
    pub(in crate::call) struct LoadSpan(Span);

    /// A load's code is being polled.
    pub(in crate::call) type EnteredSpan<'a> = tracing::span::Entered<'a>;

    impl LoadSpan {
        /// Of what is not a load.
        pub(in crate::call) fn none() -> Self {
            LoadSpan(Span::none())
        }

        /// Of a body that no other call waits for.
        pub(in crate::call) fn new(store: &Store) -> Self {
            LoadSpan(debug_span!(target: TARGET, "cached_attr::load", cache = store.name()))
        }

        /// Of a load: a body that loads several keys has one span.
        pub(in crate::call) fn of_flight(store: &Store, flight: &Flight) -> Self {
            let running = &flight.running;
            if let Some(span) = running.span() {
                return LoadSpan(span);
            }
            let span = LoadSpan::new(store);
            running.set_span(Some(span.0.clone()));
            span
        }

        pub(in crate::call) fn enter(&self) -> EnteredSpan<'_> {
            self.0.enter()
        }

        /// The caller's span waits for this load.
        pub(in crate::call) fn link_follower(flight: &Flight) {
            if let Some(span) = flight.running.span() {
                Span::current().follows_from(&span);
            }
        }

        /// Lets it close as soon as nothing of the load is left.
        pub(in crate::call) fn end(flight: &Flight) {
            flight.running.set_span(None);
        }
    }
}

#[cfg(not(feature = "tracing"))]
#[allow(clippy::unused_self, reason = "as with the feature")]
mod without {
    use std::marker::PhantomData;
    use std::sync::Arc;

    use crate::context::Context;
    use crate::store::{Flight, Store};

    #[inline]
    pub(in crate::call) const fn is_wanted() -> bool {
        false
    }

    pub(in crate::call) struct CallTrace;

    impl CallTrace {
        pub(in crate::call) fn none() -> Self {
            CallTrace
        }

        pub(in crate::call) fn begin(_: &Arc<Store>, _: &mut Context) -> Self {
            CallTrace
        }

        pub(in crate::call) fn end(&mut self) {}
    }

    pub(in crate::call) struct LoadSpan;

    pub(in crate::call) struct EnteredSpan<'a>(PhantomData<&'a ()>);

    impl LoadSpan {
        pub(in crate::call) fn none() -> Self {
            LoadSpan
        }

        pub(in crate::call) fn new(_: &Store) -> Self {
            LoadSpan
        }

        pub(in crate::call) fn of_flight(_: &Store, _: &Flight) -> Self {
            LoadSpan
        }

        pub(in crate::call) fn enter(&self) -> EnteredSpan<'_> {
            EnteredSpan(PhantomData)
        }

        pub(in crate::call) fn link_follower(_: &Flight) {}

        pub(in crate::call) fn end(_: &Flight) {}
    }
}
