//! `context = NAME`: what a load is given of the value it replaces, and what it says of its answer.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use std::time::Duration;

use super::keep::Said;
#[cfg(feature = "shared")]
use super::keep::{Keep, Place};
use crate::clock::nanos;
use crate::entry::SharedEntry;
use crate::lock::lock;
use crate::policy::Policy;
use crate::return_type::ReturnType;
use crate::store::{Flight, FreshnessRequest, Store, Tag};

/// What a load's code and its end have in common.
#[derive(Default)]
pub(crate) struct LoadNotes {
    /// Set when the load begins, and not for a body that runs by itself.
    load: OnceLock<NotedLoad>,
    said: Mutex<Said>,
}

/// A load that has begun.
#[cfg_attr(
    not(feature = "shared"),
    allow(dead_code, reason = "what a load from the shared tier needs")
)]
pub(super) struct NotedLoad {
    pub(super) store: Arc<Store>,
    pub(super) policy: Arc<Policy>,
    pub(super) flight: Arc<Flight>,
    pub(super) freshness: FreshnessRequest,
    /// It belongs to no call.
    pub(super) in_background: bool,
    pub(super) replaced: Option<SharedEntry>,
}

#[cfg(feature = "shared")]
impl NotedLoad {
    /// The age from which on the answer that it replaces is too old to replace itself.
    pub(super) fn replaced_at_age(&self) -> Option<u64> {
        let meta = self.replaced.as_ref()?.0.meta();
        let lifetime = self.policy.lifetime(&meta, self.store.ttl_override());
        Some(self.policy.refresh_at(lifetime))
    }
}

impl LoadNotes {
    pub(super) fn begin(&self, load: NotedLoad) {
        let _ = self.load.set(load);
    }

    /// The load, once it has begun.
    #[cfg(feature = "shared")]
    pub(super) fn load(&self) -> Option<&NotedLoad> {
        self.load.get()
    }

    pub(super) fn said(&self) -> Said {
        let mut said = self.lock().clone();
        // A tag of the value may have been invalidated while this load began, which was then too young to be void.
        let replaced = self.replaced();
        said.no_store |= said.renews && replaced.is_some_and(|entry| entry.0.is_invalidated());
        said
    }

    /// The end of the load has been decided, as far as the value counts.
    #[cfg(feature = "shared")]
    pub(super) fn set_decided(&self, keep: Keep) {
        self.lock().decided = Some(keep);
    }

    /// A stale record is served while the load goes on.
    #[cfg(feature = "shared")]
    pub(super) fn set_revalidates(&self) {
        self.lock().revalidates = true;
    }

    /// Says where the answer comes from and where it stays.
    #[cfg(feature = "shared")]
    pub(super) fn set_place(&self, place: Place) {
        self.lock().place = place;
    }

    fn replaced(&self) -> Option<&SharedEntry> {
        self.load.get()?.replaced.as_ref()
    }

    fn lock(&self) -> MutexGuard<'_, Said> {
        lock(&self.said)
    }
}

/// What `context = NAME` binds in the body of a cached function, or in the expression of a resource: the value that this
/// load replaces, for a conditional request, and a way to say how the new answer is kept.
///
/// A value that has expired is kept for this: for a day past its `ttl`, or as long as `stale_if_error` or
/// `stale_while_revalidate` say if that is longer, as far as the capacity allows. What must leave memory with its `ttl`,
/// such as a secret, should not be the value of a function with `context`.
///
/// Where the body runs by itself (`bypass`, a cache that is switched off) there is nothing to replace, and what is said
/// has no effect.
///
/// ```text
/// #[cached(ttl = "5m", context = load, skip(client))]
/// async fn page(client: &Client, url: &str) -> Result<Arc<str>, Error> {
///     let answer = client.get(url).if_none_match(load.kept::<ETag>()).send().await?;
///     if answer.status == 304
///         && let Some(page) = load.not_modified()
///     {
///         return Ok(page);
///     }
///     load.keep(answer.etag);
///     Ok(answer.text.into())
/// }
/// ```
pub struct LoadContext<V> {
    notes: OnceLock<Arc<LoadNotes>>,
    types: PhantomData<fn() -> V>,
}

impl<V> LoadContext<V> {
    /// Of a call of which nothing is known yet.
    #[doc(hidden)]
    #[must_use]
    pub const fn new() -> Self {
        LoadContext {
            notes: OnceLock::new(),
            types: PhantomData,
        }
    }

    /// Unifies the types.
    #[doc(hidden)]
    pub fn is_of<S: ReturnType<Value = V>>(&self, _: &S) {}

    /// The call may load.
    pub(super) fn notes(&self) -> &Arc<LoadNotes> {
        self.notes.get_or_init(Arc::default)
    }

    fn say<T>(&self, change: impl FnOnce(&mut Said) -> T) -> Option<T> {
        let notes = self.notes.get()?;
        Some(change(&mut notes.lock()))
    }

    fn replaced(&self) -> Option<&SharedEntry> {
        self.notes.get()?.replaced()
    }

    /// What was [kept](Self::keep) with the value that this load replaces, if it is of this type.
    #[must_use]
    pub fn kept<T: Any>(&self) -> Option<&T> {
        let extra: &(dyn Any + Send + Sync) = &**self.replaced()?.0.kept()?.extra.as_ref()?;
        extra.downcast_ref()
    }

    /// Keeps something with the answer, for the load that will replace it: an `ETag`, say. The last one counts.
    pub fn keep<T: Any + Send + Sync>(&self, extra: T) {
        let extra: Arc<dyn Any + Send + Sync> = Arc::new(extra);
        // What was kept before is dropped after the lock: its `Drop` may use this context.
        drop(self.say(|said| said.kept.extra.replace(extra)));
    }

    /// How long this answer is fresh, counted from the start of its load, in place of `ttl` and `negative_ttl`. Zero: it is
    /// not stored.
    pub fn set_ttl(&self, ttl: Duration) {
        self.say(|said| said.ttl = Some(nanos(ttl)));
    }

    /// Does not store this answer. An older one is stale from then on.
    pub fn no_store(&self) {
        self.say(|said| said.no_store = true);
    }

    /// Gives the answer one more tag. If that tag was invalidated since the load began, the answer is not stored.
    pub fn tag(&self, tag: impl AsRef<str>) {
        self.add_tag(&Arc::from(tag.as_ref()));
    }

    fn add_tag(&self, tag: &Tag) {
        let load = self.notes.get().and_then(|notes| notes.load.get());
        if let Some(load) = load {
            load.store.add_tag(&load.flight, tag);
            self.say(|said| {
                if !said.kept.tags.contains(tag) {
                    said.kept.tags.push(Arc::clone(tag));
                }
            });
        }
    }
}

impl<V: Any> LoadContext<V> {
    /// The value that this load replaces, if there is one: stale, or fresh where it is loaded ahead of its end or for a
    /// caller who needs a younger one.
    #[must_use]
    pub fn stale(&self) -> Option<&V> {
        self.replaced()?.0.pair.value()?.downcast_ref()
    }
}

impl<V: Any + Clone> LoadContext<V> {
    /// The value that this load replaces, for another lifetime, with what was [kept](Self::keep) with it and the tags
    /// that its load [named](Self::tag): the source says that nothing has changed. None if there is no such value.
    #[must_use]
    pub fn not_modified(&self) -> Option<V> {
        let value = self.stale()?.clone();
        let kept = self.replaced()?.0.kept().cloned().unwrap_or_default();
        kept.tags.iter().for_each(|tag| self.add_tag(tag));
        self.say(|said| {
            said.renews = true;
            said.kept.extra = said.kept.extra.take().or(kept.extra);
        });
        Some(value)
    }
}

impl<V> Clone for LoadContext<V> {
    fn clone(&self) -> Self {
        LoadContext {
            notes: self.notes.clone(),
            types: PhantomData,
        }
    }
}

impl<V> Default for LoadContext<V> {
    fn default() -> Self {
        LoadContext::new()
    }
}

impl<V> fmt::Debug for LoadContext<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoadContext")
            .field("replaces_a_value", &self.replaced().is_some())
            .finish_non_exhaustive()
    }
}
