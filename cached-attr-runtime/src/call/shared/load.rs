//! A load that begins in the tier.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::runtime::Handle;

use crate::call::keep::Place;
use crate::call::load_context::{LoadNotes, NotedLoad};
use crate::clock::NEVER;
use crate::counters::Counter;
use crate::entry::CopyMark;
use crate::shared::Sharing;
use crate::store::RunningLoad;
use crate::tier::{Generation, Lookup, RecordKey, Target, Tier, Token};

/// What a load does in the tier. A clone is another handle.
#[derive(Clone)]
pub(in crate::call) struct TierLoad(Arc<State>);

struct State {
    notes: Arc<LoadNotes>,
    tier: Arc<dyn Tier>,
    /// The generation when it began: what it leaves in memory is marked with it.
    generation: Option<Generation>,
    text: String,
    /// Its node in the wait graph while it holds a lease.
    body: Arc<RunningLoad>,
    /// The stale record that stands in should the load fail.
    falls_back_on: OnceLock<Token>,
    /// It waits for another load, or has done so.
    waits: AtomicBool,
}

impl TierLoad {
    /// None where the body runs by itself, and where no tier is in use: the answer then lives in memory.
    pub(super) fn begin(notes: Arc<LoadNotes>) -> Option<Self> {
        let body = Arc::clone(&notes.load()?.flight.running);
        TierLoad::begin_for(notes, body)
    }

    /// The same for a load whose body serves several keys.
    pub(in crate::call) fn begin_for(
        notes: Arc<LoadNotes>,
        body: Arc<RunningLoad>,
    ) -> Option<Self> {
        let load = notes.load()?;
        let store = &load.store;
        store.claim_name();
        // The lease is renewed in a task.
        let tier = store.tier().filter(|_| Handle::try_current().is_ok());
        let Some(tier) = tier.cloned() else {
            notes.set_place(Place::Copy {
                mark: CopyMark::WithoutTier,
                at_most: NEVER,
            });
            load.store.count(&load.policy, Counter::Load);
            return None;
        };
        let text = store.sharing()?.key_text(load.flight.key.as_any());
        // From here on a change of the key closes the flight.
        store.list_copy(&tier.canonical_key(&text), load.flight.info.hash);
        let generation = tier.trust().generation();
        Some(TierLoad(Arc::new(State {
            notes,
            tier,
            generation,
            text,
            body,
            falls_back_on: OnceLock::new(),
            waits: AtomicBool::new(false),
        })))
    }

    pub(in crate::call) fn body(&self) -> &Arc<RunningLoad> {
        &self.0.body
    }

    pub(super) fn tier(&self) -> &Arc<dyn Tier> {
        &self.0.tier
    }

    #[allow(clippy::expect_used, reason = "looked at in `begin`")]
    pub(super) fn load(&self) -> &NotedLoad {
        self.0.notes.load().expect("the load has begun")
    }

    #[allow(clippy::expect_used, reason = "looked at in `begin`")]
    pub(super) fn sharing(&self) -> &Sharing {
        let sharing = self.load().store.sharing();
        sharing.expect("the function is shared")
    }

    pub(super) fn notes(&self) -> &LoadNotes {
        &self.0.notes
    }

    pub(super) fn falls_back_on(&self) -> &OnceLock<Token> {
        &self.0.falls_back_on
    }

    pub(super) fn generation(&self) -> Option<Generation> {
        self.0.generation
    }

    pub(super) fn key(&self) -> RecordKey<'_> {
        RecordKey {
            name: self.load().store.shared_name(),
            key: &self.0.text,
        }
    }

    pub(super) fn lookup<'a>(&'a self, tags: &'a [String]) -> Lookup<'a> {
        Lookup {
            key: self.key(),
            fingerprint: self.sharing().fingerprint(),
            tags,
        }
    }

    pub(super) fn target(&self) -> Target<'_> {
        Target::Key(self.key())
    }

    /// All tags named so far.
    pub(super) fn tags(&self) -> Vec<String> {
        let named = self.load().flight.tags.named();
        named.iter().map(ToString::to_string).collect()
    }

    pub(super) fn count(&self, counter: Counter) {
        let load = self.load();
        load.store.count(&load.policy, counter);
    }

    pub(super) fn set_waits(&self) {
        self.0.waits.store(true, Ordering::Relaxed);
    }

    /// Whether it waits for another load, or has done so.
    pub(in crate::call) fn waits(&self) -> bool {
        self.0.waits.load(Ordering::Relaxed)
    }

    /// Whether a stale record is served while the body runs.
    pub(super) fn serves_stale(&self) -> bool {
        self.notes().said().revalidates
    }

    /// The body begins.
    pub(super) fn count_load(&self) {
        self.count(Counter::Load);
    }

    /// The answer is not in the tier: it may stay in memory while the tier is away, or under the generation from before
    /// its load.
    pub(super) fn keep_in_memory(&self) {
        let mark = match self.generation() {
            Some(generation) => CopyMark::Since(generation),
            None if self.tier().is_up() => {
                return self.notes().set_place(Place::Tier { stored: false });
            }
            None => CopyMark::WhileAway,
        };
        self.notes().set_place(Place::Copy {
            mark,
            at_most: self.sharing().local_ttl,
        });
    }
}

/// A duration of so many nanoseconds, or without an end.
pub(super) fn duration(nanos: u64) -> Duration {
    if nanos == NEVER {
        Duration::MAX
    } else {
        Duration::from_nanos(nanos)
    }
}
