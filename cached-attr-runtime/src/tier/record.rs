//! Records, and what a read finds.

use std::fmt;
use std::time::Duration;

use super::token::Token;

/// The state of the invalidation map at one moment: the map's identity, and the number of its last invalidation.
///
/// A record has the version that was read before its load began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MapVersion {
    /// Random; another one after the map was lost.
    pub id: u64,
    /// How many tags, functions or namespaces were invalidated in this map.
    pub seq: u64,
}

/// A stored answer.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Record {
    /// The encoded value.
    pub payload: Vec<u8>,
    /// How long it stays fresh, from the moment the read was called; zero when it is stale.
    pub fresh_for: Duration,
    /// How long it may be kept at all, from the same moment.
    pub keep_for: Duration,
    /// How old it was at that moment.
    pub age: Duration,
    /// The version before its load.
    pub version: MapVersion,
    /// The tags it was stored with.
    pub tags: Vec<String>,
    /// The token it was filled with: what a lease declines.
    pub filled_by: Token,
    /// The token of a lease under which it is being loaded anew.
    pub lease: Option<Token>,
}

impl Record {
    /// A record with this payload, filled under this token; all durations zero, without tags.
    #[must_use]
    pub fn new(payload: Vec<u8>, filled_by: Token, version: MapVersion) -> Self {
        Record {
            payload,
            fresh_for: Duration::ZERO,
            keep_for: Duration::ZERO,
            age: Duration::ZERO,
            version,
            tags: Vec::new(),
            filled_by,
            lease: None,
        }
    }

    /// Whether it is still fresh.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        !self.fresh_for.is_zero()
    }
}

/// Without the payload and the tags, which may be personal data.
impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("bytes", &self.payload.len())
            .field("fresh_for", &self.fresh_for)
            .field("keep_for", &self.keep_for)
            .field("age", &self.age)
            .field("version", &self.version)
            .field("filled_by", &self.filled_by)
            .field("lease", &self.lease)
            .finish_non_exhaustive()
    }
}

/// What a read found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Found {
    /// A valid record, fresh or stale.
    Record(Record),
    /// A replica loads it: its lease's token, and how long the lease lasts if nothing renews it.
    Leased {
        /// Whose load it is.
        lease: Token,
        /// From the moment the read was called.
        left: Duration,
    },
    /// A writer holds it: a load's answer would not be stored.
    Guarded,
    /// Nothing of use.
    Nothing {
        /// The record of a tag that was invalidated since: a lease has to decline it.
        declined: Option<Token>,
    },
}

/// The answer of a read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// What stood under the key.
    pub found: Found,
    /// The map, read together with it.
    pub version: MapVersion,
}
