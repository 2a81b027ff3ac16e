//! What a server keeps: records, leases and guards, the map of invalidated tags, and leaders.

use std::collections::HashMap;
use std::time::Duration;

use cached_attr_runtime::tier::{
    Election, Fill, Filled, Found, LeaseReply, LeaseRequest, Lookup, MapVersion, Reading, Record,
    RecordKey, Target, TargetBuf, Token,
};
use tokio::time::Instant;

/// What changed, for every replica's listeners.
pub(super) enum Changed {
    Key(Box<str>, Box<str>),
    Target(TargetBuf, u64),
}

#[derive(Default)]
pub(super) struct Server {
    slots: HashMap<(Box<str>, Box<str>), Slot>,
    map: HashMap<TargetBuf, u64>,
    map_id: u64,
    seq: u64,
    leaders: HashMap<Box<str>, Term>,
    /// Not yet reported.
    pub(super) changed: Vec<Changed>,
}

#[derive(Default)]
struct Slot {
    stored: Option<Stored>,
    lease: Option<Lease>,
    guards: HashMap<Token, Instant>,
}

struct Lease {
    token: Token,
    granted: Instant,
    until: Instant,
}

struct Stored {
    record: Record,
    fingerprint: String,
    whole: Duration,
    fresh_until: Instant,
    until: Instant,
}

struct Term {
    token: Token,
    until: Instant,
    fence: u64,
}

fn owned(key: RecordKey<'_>) -> (Box<str>, Box<str>) {
    (key.name.into(), key.key.into())
}

impl Slot {
    /// Without what has ended.
    fn tidied(&mut self, now: Instant) -> &mut Self {
        self.guards.retain(|_, until| *until > now);
        if self.lease.as_ref().is_some_and(|lease| lease.until <= now) {
            self.lease = None;
        }
        if self
            .stored
            .as_ref()
            .is_some_and(|stored| stored.until <= now)
        {
            self.stored = None;
        }
        self
    }

    /// The record, as the reader of `lookup` sees it.
    fn record(&self, lookup: &Lookup<'_>, now: Instant) -> Option<Record> {
        let stored = self
            .stored
            .as_ref()
            .filter(|stored| stored.fingerprint == lookup.fingerprint)?;
        let mut record = stored.record.clone();
        record.fresh_for = stored.fresh_until.saturating_duration_since(now);
        record.keep_for = stored.until.saturating_duration_since(now);
        record.age = stored.whole.saturating_sub(record.keep_for);
        record.lease = self.lease.as_ref().map(|lease| lease.token);
        Some(record)
    }
}

impl Server {
    pub(super) fn new() -> Self {
        Server {
            map_id: Token::random_52(),
            ..Server::default()
        }
    }

    fn slot(&mut self, key: RecordKey<'_>) -> &mut Slot {
        self.slots
            .entry(owned(key))
            .or_default()
            .tidied(Instant::now())
    }

    fn change(&mut self, key: RecordKey<'_>) {
        let (name, key) = owned(key);
        self.changed.push(Changed::Key(name, key));
    }

    fn version(&self) -> MapVersion {
        MapVersion {
            id: self.map_id,
            seq: self.seq,
        }
    }

    fn is_valid(&self, lookup: &Lookup<'_>, record: &Record) -> bool {
        let tags = record.tags.iter().map(|tag| Target::tag(tag));
        let named = [Target::Function(lookup.key.name), Target::Namespace];
        record.version.id == self.map_id
            && tags.chain(named).all(|target| {
                self.map
                    .get(&target.to_owned())
                    .is_none_or(|seq| *seq <= record.version.seq)
            })
    }

    pub(super) fn read(&mut self, lookup: &Lookup<'_>) -> Reading {
        let now = Instant::now();
        let slot = self.slot(lookup.key);
        let lease = slot
            .lease
            .as_ref()
            .map(|lease| (lease.token, lease.until - now));
        let guarded = !slot.guards.is_empty();
        let record = slot.record(lookup, now);
        let found = match (record, lease) {
            (Some(record), _) if self.is_valid(lookup, &record) => Found::Record(record),
            (Some(record), _) => Found::Nothing {
                declined: Some(record.filled_by),
            },
            (None, Some((lease, left))) => Found::Leased { lease, left },
            (None, None) if guarded => Found::Guarded,
            (None, None) => Found::Nothing { declined: None },
        };
        Reading {
            found,
            version: self.version(),
        }
    }

    pub(super) fn lease(&mut self, lookup: &Lookup<'_>, request: LeaseRequest) -> LeaseReply {
        let now = Instant::now();
        let version = self.version();
        let slot = self.slot(lookup.key);
        if !slot.guards.is_empty() {
            return LeaseReply::Guarded;
        }
        let record = slot
            .record(lookup, now)
            .filter(|record| Some(record.filled_by) != request.declined);
        match &record {
            Some(record) if record.is_fresh() => return LeaseReply::Fresh(record.clone()),
            None if slot.stored.take().is_some() => slot.lease = None,
            Some(_) | None => {}
        }
        if let Some(lease) = &slot.lease {
            return LeaseReply::Busy {
                left: lease.until - now,
            };
        }
        slot.lease = Some(Lease {
            token: request.token,
            granted: now,
            until: now + request.length,
        });
        self.change(lookup.key);
        LeaseReply::Granted {
            version,
            stale: record,
        }
    }

    pub(super) fn renew(&mut self, key: RecordKey<'_>, token: Token, length: Duration) -> bool {
        let now = Instant::now();
        match &mut self.slot(key).lease {
            Some(lease) if lease.token == token => {
                lease.until = now + length;
                true
            }
            _ => false,
        }
    }

    pub(super) fn fill(&mut self, fill: &Fill<'_>) -> Filled {
        let now = Instant::now();
        let slot = self.slot(fill.key);
        let Some(lease) = slot.lease.take_if(|lease| lease.token == fill.token) else {
            return Filled::Void;
        };
        let whole = fill.life + fill.stale;
        let mut record = Record::new(fill.payload.to_vec(), fill.token, fill.version);
        record.tags = fill.tags.to_vec();
        slot.stored = (lease.granted + whole > now).then(|| Stored {
            record,
            fingerprint: fill.fingerprint.to_owned(),
            whole,
            fresh_until: lease.granted + fill.life,
            until: lease.granted + whole,
        });
        let stored = slot.stored.is_some();
        self.change(fill.key);
        if stored {
            Filled::Stored
        } else {
            Filled::TooLate
        }
    }

    pub(super) fn release(&mut self, key: RecordKey<'_>, token: Token) {
        let slot = self.slot(key);
        if slot.lease.take_if(|lease| lease.token == token).is_some() {
            self.change(key);
        }
    }

    pub(super) fn remove(&mut self, key: RecordKey<'_>) {
        let slot = self.slot(key);
        slot.stored = None;
        slot.lease = None;
        self.change(key);
    }

    pub(super) fn expire(&mut self, key: RecordKey<'_>) {
        let now = Instant::now();
        if let Some(stored) = &mut self.slot(key).stored {
            let stale = stored.until - stored.fresh_until;
            stored.until = stored.until.min(now + stale);
            stored.fresh_until = stored.fresh_until.min(now);
        }
        self.change(key);
    }

    pub(super) fn forget(&mut self, key: RecordKey<'_>) {
        self.slots.remove(&owned(key));
        self.change(key);
    }

    pub(super) fn invalidate(&mut self, target: Target<'_>) {
        if let Target::Key(key) = target {
            return self.remove(key);
        }
        self.seq += 1;
        self.map.insert(target.to_owned(), self.seq);
        self.changed
            .push(Changed::Target(target.to_owned(), self.seq));
    }

    pub(super) fn lose_map(&mut self) {
        self.map.clear();
        self.map_id = Token::random_52();
        self.seq = 0;
        self.changed
            .push(Changed::Target(TargetBuf::Namespace, u64::MAX));
    }

    pub(super) fn guard(&mut self, key: RecordKey<'_>, token: Token, bound: Duration) {
        let until = Instant::now() + bound;
        self.slot(key).guards.insert(token, until);
        self.remove(key);
    }

    pub(super) fn commit(&mut self, key: RecordKey<'_>, token: Token) {
        self.slot(key).guards.remove(&token);
        self.remove(key);
    }

    pub(super) fn acquire_leader(&mut self, key: &str, token: Token, ttl: Duration) -> Election {
        let now = Instant::now();
        let term = self.leaders.entry(key.into()).or_insert(Term {
            token,
            until: now,
            fence: 0,
        });
        if term.until > now {
            return Election::Lost {
                holder: "another:1".to_owned(),
                left: term.until - now,
            };
        }
        *term = Term {
            token,
            until: now + ttl,
            fence: term.fence + 1,
        };
        Election::Won { fence: term.fence }
    }

    pub(super) fn set_leader(&mut self, key: &str, token: Token, left: Duration) -> bool {
        let now = Instant::now();
        match self.leaders.get_mut(key) {
            Some(term) if term.token == token && term.until > now => {
                term.until = now + left;
                true
            }
            _ => false,
        }
    }
}
