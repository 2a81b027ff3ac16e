//! The instances of one function: found without a lock, added under one.

use std::any::{Any, TypeId};
use std::hash::{BuildHasher as _, BuildHasherDefault};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

use super::used::{ErasedInstance, UsedInstance};
use crate::cache::Siblings;
use crate::lock::lock;
use crate::store::Hashed;

/// A cache, or a policy over another's cache: never dropped.
pub(crate) type Erased = &'static (dyn Any + Send + Sync);

/// An instance that was just made.
pub(crate) struct NewInstance {
    pub(crate) instance: Box<dyn Any + Send + Sync>,
    pub(super) used: UsedInstance,
}

/// Which instance is meant.
#[derive(Clone, Copy)]
pub(crate) struct Wanted {
    /// By what the attribute declares.
    pub(crate) declared_type: TypeId,
    /// And by what only the call site determines; none for companions.
    pub(crate) call_site: Option<TypeId>,
}

impl Wanted {
    #[inline]
    pub(super) fn key(self) -> TypeId {
        self.call_site.unwrap_or(self.declared_type)
    }
}

/// One instance.
struct Record {
    declared_type: TypeId,
    call_site: Option<TypeId>,
    instance: Erased,
    used: Box<dyn ErasedInstance>,
}

/// A list that only grows: instances of one bucket.
struct Node {
    key: TypeId,
    instance: Erased,
    next: OnceLock<Box<Node>>,
}

const BUCKETS: usize = 64;

/// The second instance and those after it: few functions have them.
type Table = [OnceLock<Box<Node>>; BUCKETS];

/// All instances of one function.
pub(super) struct Instances {
    /// The only instance of most functions.
    first: OnceLock<(TypeId, Erased)>,
    others: OnceLock<Box<Table>>,
    records: Mutex<Vec<Record>>,
}

impl Instances {
    /// A constant: it is copied into each static, and not computed again for each.
    #[allow(
        clippy::declare_interior_mutable_const,
        reason = "it is where each site begins"
    )]
    pub(super) const NONE: Self = Instances {
        first: OnceLock::new(),
        others: OnceLock::new(),
        records: Mutex::new(Vec::new()),
    };

    /// The instance, if it is the one that was used first.
    #[inline]
    pub(super) fn get_first(&self, key: TypeId) -> Option<Erased> {
        let (first, instance) = self.first.get()?;
        (*first == key).then_some(*instance)
    }

    /// The instance, if it is another one that was used before.
    // Cold: a hit of the first instance is to be straight-line code.
    #[cold]
    pub(super) fn get_later(&self, key: TypeId) -> Option<Erased> {
        let mut next = &self.others.get()?[bucket(key)];
        while let Some(node) = next.get() {
            if node.key == key {
                return Some(node.instance);
            }
            next = &node.next;
        }
        None
    }

    /// Lets [`Instances::get_first`] or [`Instances::get_later`] find an instance.
    pub(super) fn publish(&self, wanted: Wanted, instance: Erased) {
        let key = wanted.key();
        if self.first.set((key, instance)).is_ok()
            || self.get_first(key).is_some()
            || self.get_later(key).is_some()
        {
            return;
        }
        let table = self
            .others
            .get_or_init(|| Box::new([const { OnceLock::new() }; BUCKETS]));
        let mut node = Box::new(Node {
            key,
            instance,
            next: OnceLock::new(),
        });
        let mut next = &table[bucket(key)];
        while let Err(lost) = next.set(node) {
            node = lost;
            match next.get() {
                Some(there) => next = &there.next,
                None => return,
            }
        }
    }

    /// The instance that is meant, or `make`'s, which may be called though its instance is not kept.
    pub(super) fn find_or_make(
        &self,
        wanted: Wanted,
        make: &mut dyn FnMut() -> Option<NewInstance>,
    ) -> Option<Erased> {
        if let Some(instance) = find(&mut self.records(), wanted) {
            return Some(instance);
        }
        // Not under the lock: what an attribute says may be an expression that reads another cache, or this one.
        // Of two that are made at once the first to come back is kept.
        let NewInstance { instance, used } = make()?;
        let mut records = self.records();
        if let Some(instance) = find(&mut records, wanted) {
            return Some(instance);
        }
        let instance: Erased = Box::leak(instance);
        used.join_siblings();
        records.push(Record {
            declared_type: wanted.declared_type,
            call_site: wanted.call_site,
            instance,
            used: Box::new(used),
        });
        Some(instance)
    }

    /// All of them, in the order of their first calls.
    pub(super) fn used(&self) -> Vec<UsedInstance> {
        let records = self.records();
        records.iter().map(|record| record.used.used()).collect()
    }

    /// The siblings of the instances with this declared type: new ones, if this is the first.
    pub(super) fn siblings_of(&self, declared_type: TypeId) -> Arc<Siblings> {
        let records = self.records();
        let sibling = records
            .iter()
            .find(|record| record.declared_type == declared_type);
        sibling.map_or_else(Arc::default, |sibling| sibling.used.used().siblings)
    }

    fn records(&self) -> MutexGuard<'_, Vec<Record>> {
        lock(&self.records)
    }
}

/// A companion does not know the call site: it takes the first instance that fits, or makes one that the first call
/// adopts.
fn find(records: &mut [Record], wanted: Wanted) -> Option<Erased> {
    let fits = |record: &&mut Record| {
        record.declared_type == wanted.declared_type
            && (wanted.call_site.is_none() || record.call_site == wanted.call_site)
    };
    if let Some(record) = records.iter_mut().find(fits) {
        return Some(record.instance);
    }
    let adopted = records.iter_mut().find(|record| {
        record.declared_type == wanted.declared_type && record.call_site.is_none()
    })?;
    adopted.call_site = wanted.call_site;
    Some(adopted.instance)
}

fn bucket(key: TypeId) -> usize {
    let hash = BuildHasherDefault::<Hashed>::default().hash_one(key);
    #[allow(
        clippy::cast_possible_truncation,
        reason = "any bits of the hash will do"
    )]
    let bucket = hash as usize % BUCKETS;
    bucket
}
