//! What has passed.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

#[derive(Debug, Default)]
pub(super) struct Ledger {
    entries: Mutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    counts: BTreeMap<String, usize>,
    answers: Vec<(String, u16)>,
    under_way: usize,
    most_at_once: usize,
}

/// Whether `label` is what was asked for: all of it, or its beginning up to a space.
pub(super) fn is(label: &str, asked: &str) -> bool {
    label
        .strip_prefix(asked)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

impl Ledger {
    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a request; it is under way until what is returned is dropped.
    pub(super) fn begin(&self, label: &str) -> UnderWay<'_> {
        let mut entries = self.entries();
        *entries.counts.entry(label.to_owned()).or_default() += 1;
        entries.under_way += 1;
        entries.most_at_once = entries.most_at_once.max(entries.under_way);
        UnderWay(self)
    }

    pub(super) fn answered(&self, label: &str, status: u16) {
        self.entries().answers.push((label.to_owned(), status));
    }

    pub(super) fn counts(&self) -> BTreeMap<String, usize> {
        self.entries().counts.clone()
    }

    pub(super) fn answers(&self) -> Vec<(String, u16)> {
        self.entries().answers.clone()
    }

    pub(super) fn most_at_once(&self) -> usize {
        self.entries().most_at_once
    }

    pub(super) fn reset(&self) {
        let mut entries = self.entries();
        let under_way = entries.under_way;
        *entries = Entries {
            under_way,
            most_at_once: under_way,
            ..Entries::default()
        };
    }
}

pub(super) struct UnderWay<'a>(&'a Ledger);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.entries().under_way -= 1;
    }
}
