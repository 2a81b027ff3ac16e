//! What is known about an answer, beside the answer.

use crate::clock::Stamp;

/// The load that an answer comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LoadInfo {
    pub(crate) hash: u64,
    /// When it began.
    pub(crate) began: Stamp,
    /// Its place among all loads of the cache: clocks may stand still, this does not.
    pub(crate) sequence: u64,
    /// How old the answers that it took from other caches are at most, in nanoseconds; see
    /// [`CacheControl`](crate::CacheControl).
    pub(crate) max_input_age: u64,
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
    pub(crate) load: LoadInfo,
    pub(crate) kind: Kind,
    /// A lifetime of its own, in nanoseconds: what a `ttl` closure said of this value.
    pub(crate) own_ttl: Option<u64>,
    /// In nanoseconds, in place of all that: what the load itself said of its answer.
    pub(crate) load_ttl: Option<u64>,
    /// By how much `jitter` shortens the lifetime, in parts of 2¹⁶.
    pub(crate) jitter: u16,
    pub(crate) weight: u32,
    /// Whether it counts when it was last read.
    pub(crate) idles: bool,
}

impl EntryMeta {
    /// What is known of an answer before its policy has looked at it.
    pub(crate) fn new(load: LoadInfo, kind: Kind) -> Self {
        EntryMeta {
            load,
            kind,
            own_ttl: None,
            load_ttl: None,
            jitter: 0,
            weight: 1,
            idles: false,
        }
    }
}
