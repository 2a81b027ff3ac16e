//! The scripts: each works on one key, and is called by its hash.

use std::sync::LazyLock;

use redis::Script as Hashed;

/// A script.
#[derive(Clone, Copy)]
pub(crate) enum Script {
    Lease,
    Renew,
    Fill,
    Release,
    Invalidate,
    Guard,
    Commit,
    Expire,
    Ensure,
    InvalidateTag,
    AcquireLeader,
    RenewLeader,
    ReleaseLeader,
}

/// What a script has in front of it.
const RECORD: &str = include_str!("scripts/record.lua");
const MAP: &str = include_str!("scripts/map.lua");
const LEADER: &str = include_str!("scripts/leader.lua");

/// A script's text and hash.
pub(crate) struct Source {
    pub(crate) code: String,
    hashed: Hashed,
}

impl Source {
    fn new(parts: &[&str]) -> Self {
        let code = parts.concat();
        Source {
            hashed: Hashed::new(&code),
            code,
        }
    }

    pub(crate) fn hash(&self) -> &str {
        self.hashed.get_hash()
    }
}

macro_rules! source {
    ($($part:expr),*) => {{
        static SOURCE: LazyLock<Source> = LazyLock::new(|| Source::new(&[$($part),*]));
        &SOURCE
    }};
}

impl Script {
    pub(crate) const ALL: [Script; 13] = [
        Script::Lease,
        Script::Renew,
        Script::Fill,
        Script::Release,
        Script::Invalidate,
        Script::Guard,
        Script::Commit,
        Script::Expire,
        Script::Ensure,
        Script::InvalidateTag,
        Script::AcquireLeader,
        Script::RenewLeader,
        Script::ReleaseLeader,
    ];

    pub(crate) fn source(self) -> &'static Source {
        match self {
            Script::Lease => source!(RECORD, include_str!("scripts/lease.lua")),
            Script::Renew => source!(RECORD, include_str!("scripts/renew.lua")),
            Script::Fill => source!(RECORD, include_str!("scripts/fill.lua")),
            Script::Release => source!(RECORD, include_str!("scripts/release.lua")),
            Script::Invalidate => source!(RECORD, include_str!("scripts/invalidate.lua")),
            Script::Guard => source!(RECORD, include_str!("scripts/guard.lua")),
            Script::Commit => source!(RECORD, include_str!("scripts/commit.lua")),
            Script::Expire => source!(RECORD, include_str!("scripts/expire.lua")),
            Script::Ensure => source!(RECORD, MAP, include_str!("scripts/ensure.lua")),
            Script::InvalidateTag => {
                source!(RECORD, MAP, include_str!("scripts/invalidate_tag.lua"))
            }
            Script::AcquireLeader => {
                source!(RECORD, LEADER, include_str!("scripts/acquire_leader.lua"))
            }
            Script::RenewLeader => {
                source!(RECORD, LEADER, include_str!("scripts/renew_leader.lua"))
            }
            Script::ReleaseLeader => {
                source!(RECORD, LEADER, include_str!("scripts/release_leader.lua"))
            }
        }
    }
}
