//! From a miss in memory to a record or a lease.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::Tier;
use super::error::TierError;
use super::held::HeldLease;
use super::key::{Lookup, RecordKey};
use super::lease::{LeaseReply, LeaseRequest};
use super::record::{Found, MapVersion, Reading, Record};
use super::token::Token;
use crate::clock::{self, Stamp};

/// The shortest and the longest wait between two polls, should a push be lost.
const POLLS: (Duration, Duration) = (Duration::from_millis(50), Duration::from_millis(250));

/// How a key is looked up.
#[derive(Clone, Copy, Debug)]
pub struct LookUp {
    /// How long a lease lasts unless it is renewed: how long the others wait for a replica that crashed.
    pub lease: Duration,
    /// How long to wait for other replicas' loads in all: at the end the body runs and is not stored.
    pub wait: Duration,
    /// The caller accepts a stale record at once.
    pub serve_stale: bool,
    /// The oldest record that the caller accepts.
    pub max_age: Duration,
}

/// What a look-up came to.
#[derive(Debug)]
#[non_exhaustive]
pub enum LookedUp {
    /// A fresh record.
    Fresh(Record),
    /// A stale record, and the lease to load it anew if nobody else has it.
    Stale(Record, Option<HeldLease>),
    /// The body has to run; its answer goes into the lease. The record is one that may stand in should the load fail.
    Lead(HeldLease, Option<Record>),
    /// The body has to run; its answer is not stored in the tier.
    Uncacheable,
}

/// Reads a record; waits while another replica loads it; takes the lease when nobody does.
///
/// Never waits longer than `how.wait` for others and one operation timeout for the tier.
///
/// # Errors
///
/// Those of the tier. The body runs then, and its answer is not stored.
///
/// # Cancel safety
///
/// Dropped while a lease is requested, the lease is given back.
pub async fn look_up(
    tier: &Arc<dyn Tier>,
    lookup: Lookup<'_>,
    how: LookUp,
) -> Result<LookedUp, TierError> {
    match look_up_at(tier, lookup, how, &NoLoads, None).await?.0 {
        Reached::Tier(looked_up) => Ok(looked_up),
        // No load is the caller's own.
        Reached::Own(_) => Ok(LookedUp::Uncacheable),
    }
}

/// What a look-up of a process came to that has loads of its own.
#[allow(
    clippy::large_enum_variant,
    reason = "there is one on the stack of each look-up"
)]
pub(crate) enum Reached {
    Tier(LookedUp),
    /// A load of this process has the lease with this token, and nothing that it read from was invalidated since.
    Own(Token),
}

/// The load that a key is looked up for.
pub(crate) trait Loader: Sync {
    /// Whether a lease is held by a load of this process that this one may join; that load began under this version.
    fn may_join(&self, lease: Token, version: MapVersion) -> bool;
    /// From here on the look-up waits for another load.
    fn waits(&self);
}

/// A loader in a process that has no other loads.
struct NoLoads;

impl Loader for NoLoads {
    fn may_join(&self, _: Token, _: MapVersion) -> bool {
        false
    }

    fn waits(&self) {}
}

/// What was read together with other keys, and when that was sent.
pub(crate) struct EarlyReading {
    pub(crate) reading: Result<Reading, TierError>,
    pub(crate) sent: Stamp,
}

/// The same, and the moment from which the durations of a record count: before the last read was sent. An early reading
/// takes the place of the first read.
pub(crate) async fn look_up_at(
    tier: &Arc<dyn Tier>,
    lookup: Lookup<'_>,
    how: LookUp,
    loader: &dyn Loader,
    mut early: Option<EarlyReading>,
) -> Result<(Reached, Stamp), TierError> {
    let canonical = tier.canonical_key(lookup.key.key);
    let watched = RecordKey {
        key: &canonical,
        ..lookup.key
    };
    let began = Instant::now();
    let mut pause = POLLS.0;
    loop {
        let (watch, sent, reading) = if let Some(early) = early.take() {
            (None, early.sent, early.reading?)
        } else {
            let watch = tier.changes().watch(watched);
            let sent = clock::precise();
            (Some(watch), sent, tier.read(lookup).await?)
        };
        let may_join = |token: &Token| loader.may_join(*token, reading.version);
        if let Some(token) = running(&reading, how).filter(may_join) {
            return Ok((Reached::Own(token), sent));
        }
        let left = match step(tier, lookup, how, reading).await? {
            Step::Break(done) => return Ok((Reached::Tier(done), sent)),
            Step::Continue(left) => left,
        };
        // Nobody watched the key since the early reading: a change may have been missed.
        let Some(watch) = watch else { continue };
        loader.waits();
        let remaining = how.wait.saturating_sub(began.elapsed());
        if remaining.is_zero() {
            return Ok((Reached::Tier(LookedUp::Uncacheable), sent));
        }
        // The lease's end is nobody's write: the server may report it late.
        let until_end = left.max(Duration::from_millis(1));
        watch.changed(pause.min(until_end).min(remaining)).await;
        pause = (pause * 2).min(POLLS.1);
    }
}

/// The token of the load that the caller would have to wait for.
fn running(reading: &Reading, how: LookUp) -> Option<Token> {
    match &reading.found {
        Found::Leased { lease, .. } => Some(*lease),
        Found::Record(record) if !record.is_fresh() && !how.serve_stale => record.lease,
        _ => None,
    }
}

/// Over, or another load is under way for at most this long.
type Step = ControlFlow<LookedUp, Duration>;

async fn step(
    tier: &Arc<dyn Tier>,
    lookup: Lookup<'_>,
    how: LookUp,
    reading: Reading,
) -> Result<Step, TierError> {
    match reading.found {
        Found::Guarded => Ok(Step::Break(LookedUp::Uncacheable)),
        Found::Leased { left, .. } => Ok(Step::Continue(left)),
        Found::Nothing { declined } => lease(tier, lookup, how, declined, None).await,
        Found::Record(record) if record.age >= how.max_age => {
            lease(tier, lookup, how, Some(record.filled_by), None).await
        }
        Found::Record(record) if record.is_fresh() => Ok(Step::Break(LookedUp::Fresh(record))),
        Found::Record(record) if record.lease.is_some() && how.serve_stale => {
            Ok(Step::Break(LookedUp::Stale(record, None)))
        }
        Found::Record(record) => lease(tier, lookup, how, None, Some(record)).await,
    }
}

/// Takes the lease. `stale` is what the read found, for a caller who accepts it.
async fn lease(
    tier: &Arc<dyn Tier>,
    lookup: Lookup<'_>,
    how: LookUp,
    declined: Option<Token>,
    stale: Option<Record>,
) -> Result<Step, TierError> {
    let mut request = Request {
        tier,
        key: lookup.key,
        token: Token::new(),
        answered: false,
    };
    let asked = LeaseRequest {
        token: request.token,
        length: how.lease,
        declined,
    };
    let reply = tier.lease(lookup, asked).await;
    request.answered = reply.is_ok();
    let done = match reply? {
        LeaseReply::Granted { version, stale } => {
            let held = HeldLease::new(tier, lookup.key, asked.token, how.lease, version);
            match stale {
                Some(record) if how.serve_stale => LookedUp::Stale(record, Some(held)),
                stale => LookedUp::Lead(held, stale),
            }
        }
        LeaseReply::Busy { left } => match stale {
            Some(record) if how.serve_stale => LookedUp::Stale(record, None),
            _ => return Ok(Step::Continue(left)),
        },
        LeaseReply::Fresh(record) if record.age < how.max_age => LookedUp::Fresh(record),
        // Stored by a load that began too early for this caller: it is declined at the next turn.
        LeaseReply::Fresh(_) => return Ok(Step::Continue(Duration::ZERO)),
        LeaseReply::Guarded => LookedUp::Uncacheable,
    };
    Ok(Step::Break(done))
}

/// A lease that was requested: given back where no answer came. It may have been granted, or be granted yet.
struct Request<'a> {
    tier: &'a Arc<dyn Tier>,
    key: RecordKey<'a>,
    token: Token,
    answered: bool,
}

impl Drop for Request<'_> {
    fn drop(&mut self) {
        if !self.answered {
            self.tier.release(self.key, self.token);
        }
    }
}
