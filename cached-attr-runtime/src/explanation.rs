//! `Explanation`: why the next call of a key would be answered as it would.

use std::fmt;
use std::time::Duration;

use crate::entry::Kind;

/// What the next call of a key would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NextCall {
    /// Run the body and touch nothing.
    Bypass,
    /// Be answered from memory.
    Hit,
    /// Be answered by an answer past its ttl.
    Stale,
    /// Wait for the load of another call.
    Join,
    /// Load.
    Load,
}

/// Why the next call of a key would be answered as it would, in words: [`Display`](fmt::Display) writes a sentence such as
/// `hit: loaded 18s ago, fresh for another 42s`.
///
/// Made by [`FnCache::explain`](crate::FnCache::explain). It holds for a call without options of its own, such as
/// `bypass` and [`max_age`](crate::CacheControlExt::max_age), and names no key and no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    pub(crate) reason: Reason,
    /// A writer holds the key.
    pub(crate) held: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    AllOff,
    Off,
    ZeroTtl,
    Fresh {
        kind: Kind,
        age: Duration,
        /// None for one that never ends.
        left: Option<Duration>,
    },
    /// A load has failed, and the source is left alone.
    Paused {
        past: Duration,
        left: Duration,
    },
    Loading {
        since: Duration,
    },
    Stale {
        past: Duration,
        by: StaleBy,
        fallback: Fallback,
    },
    /// Not read for too long.
    Idle {
        unread: Duration,
    },
    Nothing,
}

/// What ended the freshness of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StaleBy {
    Ttl,
    Expire,
}

/// For how long a stale answer is served if the load fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fallback {
    No,
    For(Duration),
    Always,
}

impl Explanation {
    pub(crate) const NOTHING: Self = Explanation {
        reason: Reason::Nothing,
        held: false,
    };

    /// What the next call would do.
    #[must_use]
    pub fn next_call(&self) -> NextCall {
        match self.reason {
            Reason::AllOff | Reason::Off | Reason::ZeroTtl => NextCall::Bypass,
            Reason::Fresh { .. } => NextCall::Hit,
            Reason::Paused { .. } => NextCall::Stale,
            Reason::Loading { .. } => NextCall::Join,
            Reason::Stale { .. } | Reason::Idle { .. } | Reason::Nothing => NextCall::Load,
        }
    }

    /// Whether there was anything to say about the key itself.
    pub(crate) fn is_of_the_key(&self) -> bool {
        self.held || self.reason != Reason::Nothing
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.next_call() {
            NextCall::Bypass => "bypass: ",
            NextCall::Hit => "hit: ",
            NextCall::Stale => "stale: ",
            NextCall::Join | NextCall::Load => "miss: ",
        })?;
        self.reason.fmt(f)?;
        let stores = matches!(self.next_call(), NextCall::Join | NextCall::Load);
        if self.held && stores {
            f.write_str("; a writer holds the key, so what is loaded is not stored")?;
        }
        Ok(())
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Reason::AllOff => f.write_str("all caches of the process are switched off"),
            Reason::Off => f.write_str("the cache is switched off"),
            Reason::ZeroTtl => f.write_str("the ttl is zero"),
            Reason::Fresh { kind, age, left } => {
                f.write_str(match kind {
                    Kind::Value => "",
                    Kind::Absent => "that there is none, ",
                    Kind::Failure => "an error, ",
                })?;
                write!(f, "loaded {} ago, ", Words(age))?;
                match left {
                    Some(left) => write!(f, "fresh for another {}", Words(left)),
                    None => f.write_str("and never too old"),
                }
            }
            Reason::Paused { past, left } => write!(
                f,
                "the last load has failed; the answer, {} past its ttl, is served for another {} before the next load",
                Words(past),
                Words(left)
            ),
            Reason::Loading { since } => write!(
                f,
                "waits for a load that has been running for {}",
                Words(since)
            ),
            Reason::Stale { past, by, fallback } => {
                match by {
                    StaleBy::Ttl => write!(f, "the answer is {} past its ttl", Words(past))?,
                    StaleBy::Expire => write!(f, "the answer was expired {} ago", Words(past))?,
                }
                match fallback {
                    Fallback::No => Ok(()),
                    Fallback::For(left) => write!(
                        f,
                        ", and is served if the load fails within {}",
                        Words(left)
                    ),
                    Fallback::Always => f.write_str(", and is served if the load fails"),
                }
            }
            Reason::Idle { unread } => write!(
                f,
                "the answer was not read for {}, longer than its tti",
                Words(unread)
            ),
            Reason::Nothing => f.write_str("there is no answer"),
        }
    }
}

/// A time with as much precision as one wants to read.
struct Words(Duration);

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.0.as_millis();
        match self.0.as_secs() {
            0 => write!(f, "{millis}ms"),
            seconds @ 1..10 => match millis % 1000 / 100 {
                0 => write!(f, "{seconds}s"),
                tenths => write!(f, "{seconds}.{tenths}s"),
            },
            seconds => humantime::format_duration(Duration::from_secs(seconds)).fmt(f),
        }
    }
}

#[cfg(test)]
mod tests;
