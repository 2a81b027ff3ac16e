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
        refresh: Refresh,
    },
    /// Served while it is loaded anew.
    Revalidated {
        past: Duration,
        /// None for as long as it takes.
        left: Option<Duration>,
        refresh: Refresh,
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
        /// After which a call does not wait for the load any longer.
        soft_timeout: Option<Duration>,
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

/// What becomes of an answer that is loaded anew in the background.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refresh {
    /// Nothing yet.
    NotDue,
    Begins,
    Running {
        since: Duration,
    },
    Paused {
        left: Duration,
    },
}

impl fmt::Display for Refresh {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Refresh::NotDue => Ok(()),
            Refresh::Begins => f.write_str("; a load begins in the background"),
            Refresh::Running { since } => {
                write!(f, "; a load has been running for {}", Words(since))
            }
            Refresh::Paused { left } => write!(
                f,
                "; the last load has failed, and the next may begin in {}",
                Words(left)
            ),
        }
    }
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
            Reason::Paused { .. } | Reason::Revalidated { .. } => NextCall::Stale,
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
            Reason::Fresh { .. } => self.fmt_fresh(f),
            Reason::Revalidated {
                past,
                left,
                refresh,
            } => {
                write!(
                    f,
                    "the answer is {} past its ttl, and is served",
                    Words(past)
                )?;
                if let Some(left) = left {
                    write!(f, " for another {}", Words(left))?;
                }
                write!(f, "{refresh}")
            }
            Reason::Paused { past, left } => write!(
                f,
                "the last load has failed; the answer, {} past its ttl, is served for another {} before the next load",
                Words(past),
                Words(left)
            ),
            Reason::Loading { since } => {
                write!(
                    f,
                    "waits for a load that has been running for {}",
                    Words(since)
                )
            }
            Reason::Stale { .. } => self.fmt_stale(f),
            Reason::Idle { unread } => {
                write!(
                    f,
                    "the answer was not read for {}, longer than its tti",
                    Words(unread)
                )
            }
            Reason::Nothing => f.write_str("there is no answer"),
        }
    }
}

impl Reason {
    fn fmt_fresh(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Reason::Fresh {
            kind,
            age,
            left,
            refresh,
        } = *self
        else {
            return Ok(());
        };
        f.write_str(match kind {
            Kind::Value => "",
            Kind::Absent => "that there is none, ",
            Kind::Failure => "an error, ",
        })?;
        write!(f, "loaded {} ago, ", Words(age))?;
        match left {
            Some(left) => write!(f, "fresh for another {}", Words(left))?,
            None => f.write_str("and never too old")?,
        }
        write!(f, "{refresh}")
    }

    fn fmt_stale(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Reason::Stale {
            past,
            by,
            fallback,
            soft_timeout,
        } = *self
        else {
            return Ok(());
        };
        match by {
            StaleBy::Ttl => write!(f, "the answer is {} past its ttl", Words(past))?,
            StaleBy::Expire => write!(f, "the answer was expired {} ago", Words(past))?,
        }
        match fallback {
            Fallback::No => return Ok(()),
            Fallback::For(left) => {
                write!(
                    f,
                    ", and is served if the load fails within {}",
                    Words(left)
                )?;
            }
            Fallback::Always => f.write_str(", and is served if the load fails")?,
        }
        match soft_timeout {
            Some(limit) => write!(f, " or takes longer than {}", Words(limit)),
            None => Ok(()),
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
