//! Leases and fills.

use std::fmt;
use std::time::Duration;

use super::key::RecordKey;
use super::record::{MapVersion, Record};
use super::token::Token;

/// What a lease is requested with.
#[derive(Clone, Copy, Debug)]
pub struct LeaseRequest {
    /// A token that was never used: each attempt has its own.
    pub token: Token,
    /// How long the lease lasts unless it is renewed.
    pub length: Duration,
    /// The record that the caller does not accept, by the token that filled it: invalidated by a tag, or too old
    /// for this caller.
    pub declined: Option<Token>,
}

/// What became of a request for a lease.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LeaseReply {
    /// This caller loads.
    Granted {
        /// The version for the record: of the map, before the load.
        version: MapVersion,
        /// The record that may be served meanwhile.
        stale: Option<Record>,
    },
    /// Another caller loads; how long its lease lasts if nothing renews it.
    Busy {
        /// From the moment the method was called.
        left: Duration,
    },
    /// A record was stored in the meantime.
    Fresh(Record),
    /// A writer holds the key: the load may run, its answer would not be stored.
    Guarded,
}

/// The answer of a load, to be stored.
#[derive(Clone, Copy)]
pub struct Fill<'a> {
    /// Under which key.
    pub key: RecordKey<'a>,
    /// The lease's token.
    pub token: Token,
    /// The encoded value.
    pub payload: &'a [u8],
    /// The format and type of the payload.
    pub fingerprint: &'a str,
    /// How long it is fresh, counted from the moment the lease was granted.
    pub life: Duration,
    /// How long it may serve as a stale answer after that.
    pub stale: Duration,
    /// The version that came with the lease.
    pub version: MapVersion,
    /// The record's tags, those named during the load included.
    pub tags: &'a [String],
}

impl fmt::Debug for Fill<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fill")
            .field("key", &self.key)
            .field("token", &self.token)
            .field("bytes", &self.payload.len())
            .field("life", &self.life)
            .field("stale", &self.stale)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// What became of a fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Filled {
    /// Every replica reads it from now on.
    Stored,
    /// The lease no longer stood: the key was invalidated, written or loaded by somebody else.
    Void,
    /// The load took longer than its answer lives.
    TooLate,
}
