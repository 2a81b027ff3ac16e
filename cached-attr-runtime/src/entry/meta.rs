//! What is known about an answer, beside the answer.

use crate::clock::Stamp;

/// Where an answer comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LoadInfo {
    pub(crate) hash: u64,
    /// When its load began.
    pub(crate) began: Stamp,
    /// The place of its load among all loads of the cache; see [`Flight::sequence`](crate::store::Flight).
    pub(crate) sequence: u64,
    /// How old an answer its load took from other caches at most; see [`CacheControl`](crate::CacheControl).
    pub(crate) within: u64,
}

/// What an answer is, for the choice of its lifetime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Value,
    /// `None`, in a function with a `negative_ttl`.
    Absent,
    /// An error, in a function with an `error_ttl`.
    Failure,
}

/// All of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EntryMeta {
    pub(crate) origin: LoadInfo,
    pub(crate) kind: Kind,
    /// A lifetime of its own, in nanoseconds: what a `ttl` closure said of this value.
    pub(crate) own_ttl: Option<u64>,
    /// By how much `jitter` shortens the lifetime, in parts of 2¹⁶.
    pub(crate) jitter: u16,
    pub(crate) weight: u32,
    /// Whether it counts when it was last read.
    pub(crate) idles: bool,
}

impl EntryMeta {
    /// What is known of an answer before anybody has looked at it.
    pub(crate) fn new(origin: LoadInfo, kind: Kind) -> Self {
        EntryMeta {
            origin,
            kind,
            own_ttl: None,
            jitter: 0,
            weight: 1,
            idles: false,
        }
    }
}
