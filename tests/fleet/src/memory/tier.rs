//! One replica's view of a [`MemoryServer`](super::MemoryServer).

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cached_attr_runtime::tier::{
    Change, Changes, Delivery, Election, Fill, Filled, Health, Heartbeat, LeaseReply, LeaseRequest,
    Lookup, Reading, RecordKey, Target, TargetBuf, Tier, TierError, TierFuture, TierStats, Token,
    Trust,
};

use super::MemoryServer;
use super::server::Server;

/// How the line to the server is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Working,
    /// Nothing is sent.
    Cut,
    /// What is sent arrives later.
    Stalled,
}

type Command = Box<dyn FnOnce(&mut Server) + Send>;

/// A replica.
pub struct MemoryTier {
    server: MemoryServer,
    timeout: Duration,
    link: Mutex<Link>,
    trust: Trust,
    changes: Changes,
}

struct Link {
    state: State,
    /// Sent into a stalled line.
    late: Vec<Command>,
    undelivered: HashSet<TargetBuf>,
    stats: TierStats,
}

impl MemoryTier {
    pub(super) fn new(server: MemoryServer, timeout: Duration) -> Self {
        // There is no heartbeat to miss.
        let trust = Trust::new(Duration::MAX);
        trust.beat(Heartbeat::sent());
        trust.proven();
        MemoryTier {
            server,
            timeout,
            trust,
            changes: Changes::new(),
            link: Mutex::new(Link {
                state: State::Working,
                late: Vec::new(),
                undelivered: HashSet::new(),
                stats: TierStats::default(),
            }),
        }
    }

    fn link(&self) -> MutexGuard<'_, Link> {
        self.link.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set_state(&self, state: State) {
        let late = {
            let mut link = self.link();
            link.state = state;
            match state {
                State::Working => std::mem::take(&mut link.late),
                State::Stalled => Vec::new(),
                State::Cut => {
                    link.late.clear();
                    Vec::new()
                }
            }
        };
        self.trust.lost();
        self.changes.report(Change::Everything);
        for command in late {
            self.server.run(command);
        }
        if state == State::Working {
            let undelivered = std::mem::take(&mut self.link().undelivered);
            for target in undelivered {
                self.server
                    .run(|server| server.invalidate(target.as_target()));
            }
            self.trust.beat(Heartbeat::sent());
            self.trust.proven();
        }
    }

    pub(super) fn pushed(&self, change: Change<'_>) {
        if self.link().state != State::Working {
            return;
        }
        self.link().stats.pushes += 1;
        if change == Change::Everything {
            self.trust.everything_changed();
        }
        self.changes.report(change);
    }

    /// Runs a command on the server, now or when the line works again.
    async fn run<T: 'static>(
        &self,
        command: impl FnOnce(&mut Server) -> T + Send + 'static,
    ) -> Result<T, TierError> {
        let state = self.link().state;
        match state {
            State::Working => return Ok(self.server.run(command)),
            State::Cut => {
                self.link().stats.refused += 1;
                return Err(TierError::Unavailable);
            }
            State::Stalled => {}
        }
        self.link().late.push(Box::new(|server| {
            command(server);
        }));
        tokio::time::sleep(self.timeout).await;
        self.link().stats.timeouts += 1;
        Err(TierError::Timeout)
    }

    fn usable(&self) -> Result<(), TierError> {
        if self.link().undelivered.is_empty() {
            Ok(())
        } else {
            Err(TierError::Undelivered)
        }
    }

    async fn deliver(
        &self,
        target: TargetBuf,
        command: impl FnOnce(&mut Server) + Send + 'static,
    ) -> Delivery {
        if self.run(command).await.is_ok() {
            self.link().stats.invalidations += 1;
            return Delivery::Done;
        }
        let mut link = self.link();
        link.stats.queued += 1;
        link.undelivered.insert(target);
        Delivery::Queued
    }
}

/// A key that outlives the call: a late command needs it.
fn owned(key: RecordKey<'_>) -> (Box<str>, Box<str>) {
    (key.name.into(), key.key.into())
}

fn borrowed(key: &(Box<str>, Box<str>)) -> RecordKey<'_> {
    RecordKey {
        name: &key.0,
        key: &key.1,
    }
}

/// A lookup that outlives the call.
struct OwnedLookup {
    key: (Box<str>, Box<str>),
    fingerprint: String,
    tags: Vec<String>,
}

impl OwnedLookup {
    fn new(lookup: Lookup<'_>) -> Self {
        OwnedLookup {
            key: owned(lookup.key),
            fingerprint: lookup.fingerprint.to_owned(),
            tags: lookup.tags.to_vec(),
        }
    }

    fn borrowed(&self) -> Lookup<'_> {
        Lookup {
            key: borrowed(&self.key),
            fingerprint: &self.fingerprint,
            tags: &self.tags,
        }
    }
}

impl Tier for MemoryTier {
    fn read<'a>(&'a self, lookup: Lookup<'a>) -> TierFuture<'a, Result<Reading, TierError>> {
        let lookup = OwnedLookup::new(lookup);
        Box::pin(async move {
            self.usable()?;
            self.run(move |server| server.read(&lookup.borrowed()))
                .await
        })
    }

    fn read_many<'a>(
        &'a self,
        lookups: &'a [Lookup<'a>],
    ) -> TierFuture<'a, Vec<Result<Reading, TierError>>> {
        Box::pin(async move {
            let mut readings = Vec::new();
            for lookup in lookups {
                readings.push(self.read(*lookup).await);
            }
            readings
        })
    }

    fn lease<'a>(
        &'a self,
        lookup: Lookup<'a>,
        request: LeaseRequest,
    ) -> TierFuture<'a, Result<LeaseReply, TierError>> {
        let lookup = OwnedLookup::new(lookup);
        Box::pin(async move {
            self.usable()?;
            self.run(move |server| server.lease(&lookup.borrowed(), request))
                .await
        })
    }

    fn renew<'a>(
        &'a self,
        key: RecordKey<'a>,
        token: Token,
        length: Duration,
    ) -> TierFuture<'a, Result<bool, TierError>> {
        let key = owned(key);
        Box::pin(self.run(move |server| server.renew(borrowed(&key), token, length)))
    }

    fn fill<'a>(&'a self, fill: Fill<'a>) -> TierFuture<'a, Result<Filled, TierError>> {
        let key = owned(fill.key);
        let (payload, fingerprint) = (fill.payload.to_vec(), fill.fingerprint.to_owned());
        let tags = fill.tags.to_vec();
        let (token, version, life, stale) = (fill.token, fill.version, fill.life, fill.stale);
        Box::pin(async move {
            self.usable()?;
            self.run(move |server| {
                server.fill(&Fill {
                    key: borrowed(&key),
                    token,
                    payload: &payload,
                    fingerprint: &fingerprint,
                    life,
                    stale,
                    version,
                    tags: &tags,
                })
            })
            .await
        })
    }

    fn release(&self, key: RecordKey<'_>, token: Token) {
        if self.link().state == State::Working {
            self.server.run(|server| server.release(key, token));
        }
    }

    fn invalidate<'a>(&'a self, target: Target<'a>) -> TierFuture<'a, Delivery> {
        let target = target.to_owned();
        let sent = target.clone();
        Box::pin(self.deliver(target, move |server| server.invalidate(sent.as_target())))
    }

    fn expire<'a>(&'a self, key: RecordKey<'a>) -> TierFuture<'a, Result<(), TierError>> {
        let key = owned(key);
        Box::pin(self.run(move |server| server.expire(borrowed(&key))))
    }

    fn guard<'a>(
        &'a self,
        key: RecordKey<'a>,
        token: Token,
        bound: Duration,
    ) -> TierFuture<'a, Result<(), TierError>> {
        let key = owned(key);
        Box::pin(self.run(move |server| server.guard(borrowed(&key), token, bound)))
    }

    fn commit<'a>(&'a self, key: RecordKey<'a>, token: Token) -> TierFuture<'a, Delivery> {
        let (target, key) = (Target::Key(key).to_owned(), owned(key));
        Box::pin(self.deliver(target, move |server| server.commit(borrowed(&key), token)))
    }

    fn commit_later(&self, key: RecordKey<'_>, token: Token) {
        if self.link().state == State::Working {
            self.server.run(|server| server.commit(key, token));
        } else {
            self.link().undelivered.insert(Target::Key(key).to_owned());
        }
    }

    fn acquire_leader<'a>(
        &'a self,
        key: &'a str,
        token: Token,
        ttl: Duration,
    ) -> TierFuture<'a, Result<Election, TierError>> {
        let key = key.to_owned();
        Box::pin(self.run(move |server| server.acquire_leader(&key, token, ttl)))
    }

    fn renew_leader<'a>(
        &'a self,
        key: &'a str,
        token: Token,
        ttl: Duration,
    ) -> TierFuture<'a, Result<bool, TierError>> {
        let key = key.to_owned();
        Box::pin(self.run(move |server| server.set_leader(&key, token, ttl)))
    }

    fn release_leader<'a>(
        &'a self,
        key: &'a str,
        token: Token,
        grace: Duration,
    ) -> TierFuture<'a, Result<(), TierError>> {
        let key = key.to_owned();
        Box::pin(self.run(move |server| {
            server.set_leader(&key, token, grace);
        }))
    }

    fn release_leader_later(&self, key: &str, token: Token) {
        if self.link().state == State::Working {
            self.server
                .run(|server| server.set_leader(key, token, Duration::ZERO));
        }
    }

    fn trust(&self) -> &Trust {
        &self.trust
    }

    fn changes(&self) -> &Changes {
        &self.changes
    }

    fn canonical_key<'a>(&self, key: &'a str) -> Cow<'a, str> {
        Cow::Borrowed(key)
    }

    fn is_up(&self) -> bool {
        self.link().state == State::Working
    }

    fn health(&self) -> TierFuture<'_, Health> {
        Box::pin(async {
            let undelivered = self.link().undelivered.len();
            match self.run(|_| ()).await {
                Ok(()) => Health::up(Duration::ZERO, true, undelivered),
                Err(_) => Health::down(undelivered),
            }
        })
    }

    fn stats(&self) -> TierStats {
        self.link().stats
    }
}

impl fmt::Debug for MemoryTier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryTier").finish_non_exhaustive()
    }
}
