//! `context`: what a load knows of the value it replaces, and what it says of its answer.

#![allow(
    clippy::items_after_statements,
    reason = "a cached function stands where its test uses it"
)]

mod conditional;
mod forms;
mod races;
mod said;

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use cached_attr_tests::Source;

const SECOND: Duration = Duration::from_secs(1);

/// A page with a version: a request that names the version it has gets nothing back if that is still the newest.
#[derive(Debug)]
struct Site {
    source: Source,
    version: AtomicU32,
}

/// A version, as a client keeps it.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Tag(u32);

impl Site {
    const fn new() -> Self {
        Site {
            source: Source::new(),
            version: AtomicU32::new(1),
        }
    }

    fn publish(&self) {
        self.version.fetch_add(1, Ordering::SeqCst);
    }

    /// The page, unless the client has it.
    fn get(&self, known: Option<Tag>) -> Option<(Tag, String)> {
        self.source.ask();
        let version = self.version.load(Ordering::SeqCst);
        (known != Some(Tag(version))).then(|| (Tag(version), format!("page {version}")))
    }
}
