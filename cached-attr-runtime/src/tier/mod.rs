//! The shared tier: a store that the replicas of a service have in common.
//!
//! [`Tier`] is what such a store has to do; no server is named here. `cached-attr-redis` implements it over
//! Redis and Valkey. Every record has a *lease*: the right to fill a key is taken before the load begins and is
//! void as soon as the key is invalidated, so no load can store an answer that an invalidation has overtaken.
//!
//! # The sequence of a call
//!
//! A call of a `shared` function, with `generation` its memory copy's mark of trust:
//!
//! 1. *Memory.* A fresh copy whose [`Trust::holds`] is true answers; nothing is sent.
//! 2. *Flight.* The call joins or leads the flight of its key in this process. The leader remembers
//!    [`Trust::generation`] and the moment, then awaits [`look_up`], which reads the tier, waits for another
//!    replica's load or takes the lease.
//!    * [`LookedUp::Fresh`]: the record is decoded and completes the flight. The copy ends at the remembered
//!      moment plus [`Record::fresh_for`], and is kept only under the remembered generation, if that still holds
//!      and no [`Change`] has named the key, its function or one of its tags since.
//!    * [`LookedUp::Stale`]: the old record is served where the policy allows it; the load goes on in the background
//!      with the [`HeldLease`] that came with it, if one did.
//!    * [`LookedUp::Lead`]: the body runs while the [`HeldLease`] renews itself.
//!    * [`LookedUp::Uncacheable`] or an error: the body runs, its answer is not stored in the tier. After an error a
//!      copy may be kept for `local_ttl`; without a generation it is served only while [`Tier::is_up`] is false, and
//!      [`Change::Everything`] removes it when the tier is back.
//! 3. *Body.* It begins only after the lease was granted.
//! 4. *Fill.* On success [`HeldLease::fill`] is awaited, then the flight completes under the lock of its shard.
//!    No copy is kept for what this process filled: the push of the fill cannot be distinguished from a foreign one, so the
//!    next read keeps it. On failure, panic or cancellation the lease is dropped, which releases it.
//!
//! The items of a batch that begin to load together are read together, by [`Tier::read_many`]. From that reading on each is
//! looked up as that of a call of its own, at the same time as the others, and each answer is filled under its own lease.
//!
//! A strict caller (`max_age(0)`, `local_ttl = "0"`) sends a [`Tier::read`] of its own first. It may join a running
//! flight only if that read shows the flight's lease token and its [`MapVersion`].
//!
//! An invalidation is applied locally, then [`Tier::invalidate`] is awaited, then it is applied locally again,
//! whatever the tier's answer was: a flight that began in between may have read the old record.
//!
//! A [`Change`] is a local invalidation of what was read before it: it removes the copy, keeps answers read before
//! it from being kept and closes the running flight to those who come later. It does not stop a fill; the lease's token
//! decides about that.

mod change;
mod codec;
mod error;
mod guard;
mod health;
mod held;
mod install;
mod key;
pub(crate) mod leader;
mod lease;
mod look_up;
mod record;
mod shape;
mod target;
mod token;
mod trust;

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

pub use change::{Change, ChangeListener, Changes, Watch};
pub use codec::{Codec, CodecError, Json, fingerprint};
pub use error::TierError;
pub use guard::HeldGuard;
pub use health::{Health, TierStats};
pub use held::{Answer, HeldLease};
pub use install::{AlreadyInstalled, install, installed};
pub use key::{Lookup, RecordKey, key_text};
pub(crate) use leader::Table as LeaderTable;
pub use leader::{Election, Leader, LeaderReturn, Leadership, OnUnavailable, leader};
pub use lease::{Fill, Filled, LeaseReply, LeaseRequest};
pub(crate) use look_up::{EarlyReading, Loader, Reached, look_up_at};
pub use look_up::{LookUp, LookedUp, look_up};
pub use record::{Found, MapVersion, Reading, Record};
pub use target::{Delivery, Tag, Target, TargetBuf};
pub use token::{NotAToken, Token};
pub use trust::{Generation, Heartbeat, Trust};

/// What a tier's methods return.
pub type TierFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A store that replicas share.
///
/// # What an implementation promises
///
/// * After [`invalidate`](Tier::invalidate) has returned [`Delivery::Done`], no record whose load began earlier is
///   returned by a read of any replica that begins later.
/// * A [`fill`](Tier::fill) is stored only while its lease's token stands: not after an invalidation, not after
///   the lease's end, not while a writer's guard lives.
/// * Every future ends within the tier's operation timeout, and at once while the tier is known to be away.
/// * Durations in answers count from the moment the method was called. No absolute time is exchanged.
/// * A change of a record, whoever made it, is reported to every [`ChangeListener`] and by [`Trust`]:
///   [`Trust::holds`] is false from one heartbeat after changes can no longer be reported.
///
/// # Cancel safety
///
/// Every future may be dropped. A command that was already sent may still take effect; each is harmless then: a lease
/// ends by itself, a fill is decided by its token, and [`invalidate`](Tier::invalidate) and
/// [`commit`](Tier::commit) are queued when they are dropped before their end.
pub trait Tier: Debug + Send + Sync + 'static {
    /// Reads a record, with the state of the invalidation map that judges it.
    ///
    /// # Errors
    ///
    /// When the tier is away, or has invalidations of this process still to deliver.
    fn read<'a>(&'a self, lookup: Lookup<'a>) -> TierFuture<'a, Result<Reading, TierError>>;

    /// Reads several records in one round trip (a round trip per node of a cluster). The answers are in the order of
    /// the keys.
    fn read_many<'a>(
        &'a self,
        lookups: &'a [Lookup<'a>],
    ) -> TierFuture<'a, Vec<Result<Reading, TierError>>>;

    /// Takes the lease of a key, unless there is a fresh record or somebody else's lease.
    fn lease<'a>(
        &'a self,
        lookup: Lookup<'a>,
        request: LeaseRequest,
    ) -> TierFuture<'a, Result<LeaseReply, TierError>>;

    /// Lengthens a lease, counted from now. False when it is void: its load's answer will not be stored.
    fn renew<'a>(
        &'a self,
        key: RecordKey<'a>,
        token: Token,
        length: Duration,
    ) -> TierFuture<'a, Result<bool, TierError>>;

    /// Stores the answer of a load, if its lease still stands, and ends the lease.
    ///
    /// The lease must have been granted before the load began.
    fn fill<'a>(&'a self, fill: Fill<'a>) -> TierFuture<'a, Result<Filled, TierError>>;

    /// Gives a lease back, so that a waiting replica can load at once. Queued: this returns immediately.
    fn release(&self, key: RecordKey<'_>, token: Token);

    /// Invalidates a key, a tag, a function or everything.
    ///
    /// An invalidation that cannot be delivered is queued and delivered first when the tier is back.
    fn invalidate<'a>(&'a self, target: Target<'a>) -> TierFuture<'a, Delivery>;

    /// Ends a record's fresh life; what is left is its stale window.
    fn expire<'a>(&'a self, key: RecordKey<'a>) -> TierFuture<'a, Result<(), TierError>>;

    /// Keeps a key from being stored by any replica, for at most `bound`, and removes its record. Calling it again with
    /// the same token lengthens the guard.
    ///
    /// # Errors
    ///
    /// When the tier is away: the key is then not guarded.
    fn guard<'a>(
        &'a self,
        key: RecordKey<'a>,
        token: Token,
        bound: Duration,
    ) -> TierFuture<'a, Result<(), TierError>>;

    /// Ends a guard and removes what is stored under the key.
    fn commit<'a>(&'a self, key: RecordKey<'a>, token: Token) -> TierFuture<'a, Delivery>;

    /// The same for a guard that was dropped. Queued: this returns immediately.
    fn commit_later(&self, key: RecordKey<'_>, token: Token);

    /// Makes this process the holder of a leader's key, if nobody holds it.
    fn acquire_leader<'a>(
        &'a self,
        key: &'a str,
        token: Token,
        ttl: Duration,
    ) -> TierFuture<'a, Result<Election, TierError>>;

    /// Lengthens a leadership, counted from now. False when it was lost.
    fn renew_leader<'a>(
        &'a self,
        key: &'a str,
        token: Token,
        ttl: Duration,
    ) -> TierFuture<'a, Result<bool, TierError>>;

    /// Ends a leadership. Nobody else becomes leader for the `grace` that follows.
    fn release_leader<'a>(
        &'a self,
        key: &'a str,
        token: Token,
        grace: Duration,
    ) -> TierFuture<'a, Result<(), TierError>>;

    /// The same for a call that was cancelled, without grace. Queued: this returns immediately.
    fn release_leader_later(&self, key: &str, token: Token);

    /// Whether copies in memory may be served, cheap enough to be looked at on each read.
    fn trust(&self) -> &Trust;

    /// Where changes are reported.
    fn changes(&self) -> &Changes;

    /// The form of a key's text under which its changes are reported: a very long key may be shortened.
    fn canonical_key<'a>(&self, key: &'a str) -> std::borrow::Cow<'a, str>;

    /// Whether the tier was in use and answering when this process last talked to it. Sends nothing.
    fn is_up(&self) -> bool;

    /// Sends one command and says how the tier is.
    fn health(&self) -> TierFuture<'_, Health>;

    /// What happened so far.
    fn stats(&self) -> TierStats;
}
