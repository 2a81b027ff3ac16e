//! Invalidations that the server has not confirmed.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cached_attr_runtime::tier::TargetBuf;
use tokio::sync::Notify;

/// More undelivered invalidations than this become one of the whole namespace.
const MOST: usize = 10_000;

/// What is still to be delivered.
#[derive(Default)]
pub(crate) struct Journal {
    entries: Mutex<Entries>,
    /// There is something to deliver.
    pub(crate) added: Notify,
}

#[derive(Default)]
struct Entries {
    /// Each with the ticket of its last entry: a confirmation of an earlier sending does not remove it.
    tickets: HashMap<TargetBuf, u64>,
    last: u64,
}

impl Journal {
    pub(crate) fn len(&self) -> usize {
        self.entries().tickets.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries().tickets.is_empty()
    }

    /// Adds an invalidation, or gives it a new ticket.
    pub(crate) fn add(&self, target: TargetBuf) {
        let mut entries = self.entries();
        entries.last += 1;
        let ticket = entries.last;
        if entries.tickets.len() >= MOST && !entries.tickets.contains_key(&target) {
            entries.tickets.clear();
            entries.tickets.insert(TargetBuf::Namespace, ticket);
        } else {
            entries.tickets.insert(target, ticket);
        }
        drop(entries);
        self.added.notify_one();
    }

    /// Some of what is to be delivered, with tickets.
    pub(crate) fn next(&self, most: usize) -> Vec<(TargetBuf, u64)> {
        let entries = self.entries();
        let tickets = entries.tickets.iter().take(most);
        tickets
            .map(|(target, ticket)| (target.clone(), *ticket))
            .collect()
    }

    /// What was sent with this ticket is confirmed.
    pub(crate) fn delivered(&self, target: &TargetBuf, ticket: u64) {
        let mut entries = self.entries();
        if entries.tickets.get(target) == Some(&ticket) {
            entries.tickets.remove(target);
        }
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal").field("len", &self.len()).finish()
    }
}

/// An invalidation under way: whatever ends it but a confirmation puts it into the journal.
pub(crate) struct Undelivered<'a> {
    journal: &'a Journal,
    target: Option<TargetBuf>,
}

impl<'a> Undelivered<'a> {
    pub(crate) fn new(journal: &'a Journal, target: TargetBuf) -> Self {
        Undelivered {
            journal,
            target: Some(target),
        }
    }

    pub(crate) fn delivered(mut self) {
        self.target = None;
    }
}

impl Drop for Undelivered<'_> {
    fn drop(&mut self) {
        if let Some(target) = self.target.take() {
            self.journal.add(target);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(text: &str) -> TargetBuf {
        TargetBuf::Tag(text.into())
    }

    #[test]
    fn only_the_ticket_that_was_sent_is_removed() {
        let journal = Journal::default();
        journal.add(tag("a"));
        let sent = journal.next(10);
        journal.add(tag("a"));
        journal.delivered(&sent[0].0, sent[0].1);
        assert_eq!(journal.len(), 1, "added again since it was sent");
        let sent = journal.next(10);
        journal.delivered(&sent[0].0, sent[0].1);
        assert_eq!(journal.len(), 0);
    }

    #[test]
    fn too_many_become_the_namespace() {
        let journal = Journal::default();
        for number in 0..=MOST {
            journal.add(tag(&number.to_string()));
        }
        assert_eq!(journal.next(10)[0].0, TargetBuf::Namespace);
        assert_eq!(journal.len(), 1);
    }

    #[test]
    fn an_invalidation_that_is_dropped_is_kept() {
        let journal = Journal::default();
        drop(Undelivered::new(&journal, tag("a")));
        Undelivered::new(&journal, tag("b")).delivered();
        assert_eq!(journal.next(10)[0].0, tag("a"));
        assert_eq!(journal.len(), 1);
    }
}
