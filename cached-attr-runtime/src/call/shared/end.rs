//! After the body: its answer goes into the tier.

use std::any::Any;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use super::load::TierLoad;
use super::next::Led;
use crate::call::keep::{Keep, Place};
use crate::counters::Counter;
use crate::entry::Kind;
use crate::tier::{Answer, Filled, HeldLease, TierError};

pub(super) type Done = Pin<Box<dyn Future<Output = ()> + Send>>;

impl TierLoad {
    /// Stores a value under the lease of its load.
    pub(super) fn fill(&self, led: Option<Led>, value: &dyn Any) -> Option<Done> {
        let led = led?;
        let load = self.load();
        let rules = (&*load.store, &*load.policy);
        let key = load.flight.key.as_any();
        let said = self.notes().said();
        let keep = Keep::decide(rules, &load.flight.info, key, value, Some(said));
        self.notes().set_decided(keep.clone());
        self.notes().set_place(Place::Tier { stored: false });
        if !keep.storable {
            drop(led);
            let is_gone = keep.meta.kind == Kind::Absent && keep.lifetime == 0;
            return is_gone.then(|| self.remove());
        }
        let Ok(payload) = self.sharing().encode(value) else {
            self.count(Counter::TierError);
            self.keep_in_memory();
            return None;
        };
        let load = self.clone();
        Some(Box::pin(async move {
            let Led { lease, listed } = led;
            load.send(lease, &keep, &payload).await;
            drop(listed);
        }))
    }

    async fn send(&self, lease: HeldLease, keep: &Keep, payload: &[u8]) {
        let tags = self.tags();
        let answer = Answer {
            payload,
            fingerprint: self.sharing().fingerprint(),
            // What has no end lasts 584 years here.
            life: Duration::from_nanos(keep.lifetime),
            stale: Duration::from_nanos(self.load().policy.serve_stale()),
            tags: &tags,
        };
        match lease.fill(answer).await {
            Ok(filled) => {
                if filled == Filled::Void {
                    self.count(Counter::Superseded);
                }
                let stored = filled == Filled::Stored;
                self.notes().set_place(Place::Tier { stored });
            }
            Err(error) => {
                self.count(Counter::TierError);
                if let TierError::TooLarge { .. } | TierError::Unavailable = error {
                    self.keep_in_memory();
                }
            }
        }
    }

    /// Ends a load that failed. An error that is the source's last word removes what the tier has.
    pub(super) fn fail(&self, led: Option<Led>, is_failure: bool) -> Option<Done> {
        let load = self.load();
        if let Some(record) = self.falls_back_on().get()
            && is_failure
        {
            let pauses = &load.store.tier_state.pauses;
            pauses.begin(*record, load.policy.retry_after);
        }
        let has_led = led.is_some();
        drop(led);
        (has_led && !is_failure).then(|| self.remove())
    }

    /// Ends a load that came to the answer that there is no value under its key, which is the source's last word.
    pub(super) fn absent(&self, led: Option<Led>) -> Option<Done> {
        if led.is_some() {
            self.notes().set_place(Place::Tier { stored: false });
        }
        self.fail(led, false)
    }

    fn remove(&self) -> Done {
        let load = self.clone();
        Box::pin(async move {
            let _ = load.tier().invalidate(load.target()).await;
        })
    }
}
