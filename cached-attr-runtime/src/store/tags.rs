//! Tags: which entries have them, so that invalidating a tag costs what its entries cost and not what the cache holds.
//!
//! Entries do not know their tags, and a hit looks at nothing here. A store lists the new entry under each of its tags;
//! an entry that leaves stays listed until the list is compacted, a little with each entry that is stored or leaves.
//!
//! Why no answer from before an invalidation is stored after it, whatever the schedule:
//!
//! 1. A load's tags change, and its answer is put into the index and listed here, under the lock of the key's shard.
//! 2. [`Store::invalidate_tag`] goes to the loads first, shard by shard under the same lock, and to the entries after.
//! 3. So a load that had stored when its shard's turn came is listed: its entry is found in the second step. One that
//!    had not is void if it has the tag; if it may yet name the tag it gets a mark, and is void when it does.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use super::Store;
use super::drop_delay::DropDelay;
use super::flight::Flight;
use super::flight_tags::Tag;
use super::index::Index;
use crate::entry::{EntryHeader, SharedEntry};
use crate::lock::lock;

/// As many listings as are not worth compacting.
const COMPACT_SLACK: usize = 64;
/// How many listings are looked at for each one that is added or becomes obsolete. With more than one it catches up.
const COMPACT_STEPS: usize = 2;

/// An entry in the list of a tag.
#[derive(Clone, Copy)]
struct Listing {
    hash: u64,
    sequence: u64,
}

impl Listing {
    /// Whether this is the entry's, also among those whose keys share a hash.
    fn is_of(self, entry: &EntryHeader) -> bool {
        self.sequence == entry.sequence
    }
}

/// The tags of one store's entries.
#[derive(Default)]
pub(super) struct TagIndex {
    /// Whether a load ever had tags, or might have named one.
    used: AtomicBool,
    lists: Mutex<Lists>,
}

#[derive(Default)]
struct Lists {
    /// No list is empty.
    by_tag: BTreeMap<Tag, Vec<Listing>>,
    len: usize,
    /// Where compacting goes on: how many listings of this tag are still to be looked at. None at the first tag.
    cursor: Option<(Tag, usize)>,
}

impl TagIndex {
    /// A load with tags begins.
    pub(super) fn set_used(&self) {
        self.used.fetch_or(true, Ordering::AcqRel);
    }

    /// Whether a load with tags has begun. A read-modify-write, as in `set_used`: where it does not see such a load, that
    /// load sees all that was done before the invalidation.
    fn is_used(&self) -> bool {
        self.used.fetch_or(false, Ordering::AcqRel)
    }

    /// Lists an entry of the index. The shard of its key is locked.
    pub(super) fn list(&self, index: &Index, entry: &EntryHeader, flight: &Flight) {
        let tags = flight.tags.named();
        if tags.is_empty() {
            return;
        }
        let listing = Listing {
            hash: entry.hash,
            sequence: entry.sequence,
        };
        let mut lists = self.lock();
        for tag in tags {
            lists.push(tag, listing);
            lists.compact(index, COMPACT_STEPS);
        }
    }

    /// An entry has left the index.
    pub(super) fn entry_left(&self, index: &Index) {
        // Relaxed: a listing that is compacted late does no harm.
        if !self.used.load(Ordering::Relaxed) {
            return;
        }
        let _delay = DropDelay::begin();
        let mut lists = self.lock();
        // It had as many tags as the others, and there are the more obsolete listings the fewer entries are left.
        let listings = 1 + lists.len / index.len().max(1);
        lists.compact(index, listings * COMPACT_STEPS);
    }

    /// The entries of a tag. They stay listed.
    fn entries(&self, index: &Index, tag: &str) -> Vec<SharedEntry> {
        let listings = self.lock().by_tag.get(tag).cloned().unwrap_or_default();
        let entry = |listing: Listing| index.find(listing.hash, |entry| listing.is_of(entry));
        listings.into_iter().filter_map(entry).collect()
    }

    /// Drops the listings under a tag whose loads began no later than this one.
    fn unlist(&self, tag: &str, sequence: u64) {
        self.lock().unlist(tag, sequence);
    }

    fn lock(&self) -> MutexGuard<'_, Lists> {
        lock(&self.lists)
    }
}

impl Lists {
    fn push(&mut self, tag: Tag, listing: Listing) {
        self.by_tag.entry(tag).or_default().push(listing);
        self.len += 1;
    }

    fn unlist(&mut self, tag: &str, sequence: u64) {
        let Some(listings) = self.by_tag.get_mut(tag) else {
            return;
        };
        let before = listings.len();
        listings.retain(|listing| listing.sequence > sequence);
        self.len -= before - listings.len();
        self.tidy(tag);
    }

    /// Frees what a list has become too small for.
    fn tidy(&mut self, tag: &str) {
        let Some(listings) = self.by_tag.get_mut(tag) else {
            return;
        };
        if listings.is_empty() {
            self.by_tag.remove(tag);
        } else if listings.len() < listings.capacity() / 4 {
            listings.shrink_to(listings.len() * 2);
        }
    }

    fn compact(&mut self, index: &Index, steps: usize) {
        for _ in 0..steps {
            if self.len <= COMPACT_SLACK {
                return;
            }
            self.compact_one(index);
        }
    }

    /// Drops the next listing if its entry is gone.
    fn compact_one(&mut self, index: &Index) {
        let Some((tag, place)) = self.next_place() else {
            return;
        };
        let Some(listings) = self.by_tag.get_mut(&tag) else {
            return;
        };
        let listing = listings[place];
        if !index.contains(listing.hash, |entry| listing.is_of(entry)) {
            listings.swap_remove(place);
            self.len -= 1;
            self.tidy(&tag);
        }
        self.cursor = Some((tag, place));
    }

    /// The place the cursor comes to. Within one tag it goes from the last to the first: what is removed there is
    /// replaced by the last, which has been looked at. None at the end, after which it begins anew.
    fn next_place(&mut self) -> Option<(Tag, usize)> {
        let next = match self.cursor.take() {
            Some((tag, left)) => {
                let here = self.by_tag.get(&tag).map_or(0, Vec::len).min(left);
                if here > 0 {
                    return Some((tag, here - 1));
                }
                let after = (Bound::Excluded(&*tag), Bound::Unbounded);
                self.by_tag.range::<str, _>(after).next()
            }
            None => self.by_tag.first_key_value(),
        };
        next.map(|(tag, listings)| (Arc::clone(tag), listings.len() - 1))
    }
}

impl Store {
    /// Voids the loads that have a tag, marks those that may yet name it, and removes the entries that have it; how many
    /// there were.
    pub(crate) fn invalidate_tag(&self, tag: &str) -> u64 {
        if !self.tags.is_used() {
            return 0;
        }
        // Nothing that this load or one before it may store is left when this returns.
        let last = self.last_sequence();
        // Loads first: see above.
        self.flights.void_tagged(tag);
        let count = self.remove_all(self.tags.entries(&self.index, tag));
        // Not before they are removed: another invalidation of this tag, at the same time, must not return while one of
        // them could still be read.
        self.tags.unlist(tag, last);
        count
    }

    /// Names a tag of a load while it runs, which was begun as one that may. If the tag was invalidated since the load
    /// began, the load is void.
    pub(crate) fn add_tag(&self, flight: &Arc<Flight>, tag: &Tag) {
        let mut shard = self.flights.lock(flight.info.hash);
        if flight.tags.name(tag) {
            shard.remove(flight);
        }
    }
}

#[cfg(test)]
mod tests;
