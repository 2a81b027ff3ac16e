//! The shared caches of a process, or of a test: by name, since that is how the tier names them.

use std::collections::{BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, Weak};

use crate::lock::lock;
use crate::store::Store;
use crate::tier::{Change, ChangeListener};

/// One cache for each name, and where changes in the tier are applied to them.
#[derive(Default)]
pub(crate) struct SharedNames {
    stores: Mutex<HashMap<Arc<str>, Weak<Store>>>,
    conflicts: Mutex<BTreeSet<Arc<str>>>,
}

/// Those of the process.
pub(crate) fn process_names() -> &'static Arc<SharedNames> {
    static NAMES: LazyLock<Arc<SharedNames>> = LazyLock::new(Arc::default);
    &NAMES
}

impl SharedNames {
    /// Gives a store its name in the tier, unless another one that is alive has it.
    pub(crate) fn claim(&self, store: &Arc<Store>) -> bool {
        let name = store.shared_name();
        let mut stores = self.stores();
        let owner = stores.entry(Arc::clone(name)).or_default();
        if owner.strong_count() == 0 {
            *owner = Arc::downgrade(store);
            return true;
        }
        let is_owner = std::ptr::eq(owner.as_ptr(), Arc::as_ptr(store));
        drop(stores);
        if !is_owner {
            self.add_conflict(name);
        }
        is_owner
    }

    fn add_conflict(&self, name: &Arc<str>) {
        let mut conflicts = lock(&self.conflicts);
        if conflicts.insert(Arc::clone(name)) {
            tracing::error!(
                function = &**name,
                "another shared cache has this name: the later one is kept in memory only; give it a name of its own"
            );
        }
    }

    /// The names that more than one cache wanted.
    pub(crate) fn conflicts(&self) -> Vec<Arc<str>> {
        let conflicts = lock(&self.conflicts);
        conflicts.iter().cloned().collect()
    }

    fn stores(&self) -> MutexGuard<'_, HashMap<Arc<str>, Weak<Store>>> {
        lock(&self.stores)
    }

    fn named(&self, name: &str) -> Option<Arc<Store>> {
        self.stores().get(name)?.upgrade()
    }

    fn all(&self) -> Vec<Arc<Store>> {
        self.stores().values().filter_map(Weak::upgrade).collect()
    }
}

impl ChangeListener for SharedNames {
    fn changed(&self, change: Change<'_>) {
        // A value's `Drop` may panic, and this runs where the tier reads its connection.
        let _ = catch_unwind(AssertUnwindSafe(|| match change {
            Change::Key(key) => {
                if let Some(store) = self.named(key.name) {
                    store.text_changed(key.key);
                }
            }
            Change::Tag(tag, _) => {
                for store in self.all() {
                    store.invalidate_tag(tag.0);
                }
            }
            Change::Function(name, _) => {
                if let Some(store) = self.named(name) {
                    store.invalidate_all();
                }
            }
            Change::Everything => {
                for store in self.all() {
                    store.invalidate_all();
                }
            }
        }));
    }
}
