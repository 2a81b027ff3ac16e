//! Sites: the erased static of each annotated function, and its typed caches.

pub(crate) mod instances;
pub(crate) mod linked;

use std::any::{Any, TypeId};
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use crate::builder::{Builder, Rules};
use crate::cache::{CacheValue, FnCache};
use crate::call::{Mode, PolicyOverride, Start};
use crate::clock::nanos;
use crate::key::{CacheKey, KeyRef};
use crate::policy::{Policy, Ttl};
use crate::return_type::{ReturnType, ShareError};
use crate::site::instances::{Erased, ErasedCache, Instance, InstanceRecord, NewInstance, find};
use crate::store::Store;
use crate::ttl_env::{self, TtlEnvError};

/// What an attribute's `ttl` says, as far as that is known before its function runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeclaredTtl {
    /// So many nanoseconds.
    Fixed(u64),
    /// For ever.
    Never,
    /// An expression, or a closure over the value.
    Computed,
}

/// Where a site stands: its module, and a number of its own there.
pub(crate) type Place = (&'static str, u64);

/// One annotated function.
pub struct Site {
    name: &'static str,
    pub(crate) place: Place,
    pub(crate) declared: DeclaredTtl,
    pub(crate) ttl_env: Option<&'static str>,
    state: State,
}

/// What becomes of a site at run time.
struct State {
    from_env: OnceLock<Option<u64>>,
    /// The only instance of most functions.
    first: OnceLock<(TypeId, Erased)>,
    /// All instances: more than one only of generic functions.
    instances: Mutex<Vec<InstanceRecord>>,
}

impl State {
    /// A constant: it is copied into each static, and not computed again for each.
    #[allow(
        clippy::declare_interior_mutable_const,
        reason = "it is where each site begins"
    )]
    const UNUSED: Self = State {
        from_env: OnceLock::new(),
        first: OnceLock::new(),
        instances: Mutex::new(Vec::new()),
    };
}

#[allow(
    clippy::needless_pass_by_value,
    reason = "an instance is a word, not a value"
)]
impl Site {
    /// Declares a function.
    #[must_use]
    pub const fn new(
        name: &'static str,
        declared: DeclaredTtl,
        ttl_env: Option<&'static str>,
        place: Place,
    ) -> Self {
        Site {
            name,
            place,
            declared,
            ttl_env,
            state: State::UNUSED,
        }
    }

    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn is_used(&self) -> bool {
        self.state.first.get().is_some()
    }

    /// The function's cache. `rules` runs once, at the first use.
    #[inline]
    pub fn cache<K: 'static, V: 'static, I: Instance>(
        &'static self,
        instance: I,
        rules: impl FnOnce(Builder<K, V>) -> Builder<K, V>,
    ) -> &'static FnCache<K, V> {
        let known = typeid::of::<(PhantomData<I::Known>, FnCache<K, V>)>();
        let here = instance.here(&rules);
        self.instance(known, here, || {
            let rules = rules(Builder::over(self.rules())).into_rules();
            let (store, policy, house) = self.build(rules);
            (Box::new(FnCache::<K, V>::over(store, policy)), Some(house))
        })
    }

    /// The same where the value's type is what a load would have. Only the shape's type is used.
    pub fn cache_of<K: 'static, S: ReturnType<Value: 'static>, I: Instance>(
        &'static self,
        _: &Option<S>,
        instance: I,
        rules: impl FnOnce(Builder<K, S::Value>) -> Builder<K, S::Value>,
    ) -> &'static FnCache<K, S::Value> {
        self.cache(instance, rules)
    }

    /// Looks the key up for a call of this function, in its own cache.
    #[inline]
    pub fn start<K: CacheKey, Q: KeyRef<K>, S: ShareError<Value: CacheValue>, I: Instance>(
        &'static self,
        instance: I,
        key: Q,
        shape: S,
        mode: Mode,
        rules: impl FnOnce(Builder<K, S::Value>) -> Builder<K, S::Value>,
    ) -> Start<K, S> {
        self.cache(instance, rules).start(key, shape, mode)
    }

    /// The same in another's cache, under this function's policy.
    #[inline]
    pub fn start_under<K: CacheKey, Q: KeyRef<K>, S: ShareError<Value: CacheValue>, I: Instance>(
        &'static self,
        instance: I,
        cache: &FnCache<K, S::Value>,
        key: Q,
        shape: S,
        mode: Mode,
        rules: impl FnOnce(Builder<K, S::Value>) -> Builder<K, S::Value>,
    ) -> Start<K, S> {
        cache.start_under(self.policy(instance, cache, rules), key, shape, mode)
    }

    /// The function's own policy over another's cache.
    #[inline]
    pub fn policy<K: 'static, V: 'static, I: Instance>(
        &'static self,
        instance: I,
        _: &FnCache<K, V>,
        rules: impl FnOnce(Builder<K, V>) -> Builder<K, V>,
    ) -> &'static PolicyOverride {
        let known = typeid::of::<(PhantomData<I::Known>, FnCache<K, V>, PolicyOverride)>();
        let here = instance.here(&rules);
        self.instance(known, here, || {
            let rules = self.set(rules(Builder::over(self.rules())).into_rules());
            (Box::new(PolicyOverride(Arc::new(rules.policy))), None)
        })
    }

    #[inline]
    fn instance<T: Send + Sync + 'static>(
        &'static self,
        known: TypeId,
        here: Option<TypeId>,
        make: impl FnOnce() -> NewInstance,
    ) -> &'static T {
        if let Some((first, instance)) = self.state.first.get()
            && *first == here.unwrap_or(known)
            && let Some(instance) = instance.downcast_ref()
        {
            return instance;
        }
        let mut make = Some(make);
        let instance = self.find_or_make(known, here, &mut || make.take().map(|make| make()));
        #[allow(
            clippy::expect_used,
            reason = "`known` names the type of what was made under it"
        )]
        instance
            .and_then(<dyn Any + Send + Sync>::downcast_ref)
            .expect("an instance has the type it was made with")
    }

    #[cold]
    fn find_or_make(
        &'static self,
        known: TypeId,
        here: Option<TypeId>,
        make: &mut dyn FnMut() -> Option<NewInstance>,
    ) -> Option<Erased> {
        if let Some(instance) = find(&mut lock(&self.state.instances), known, here) {
            return Some(instance);
        }
        // Not under the lock: what an attribute says may be an expression that asks another cache, or this one.
        // Of two that are made at once the first to come back is kept.
        let (instance, house) = make()?;
        let mut instances = lock(&self.state.instances);
        if let Some(instance) = find(&mut instances, known, here) {
            return Some(instance);
        }
        let instance: Erased = Box::leak(instance);
        instances.push(InstanceRecord {
            known,
            here,
            instance,
            house,
        });
        let _ = self.state.first.set((here.unwrap_or(known), instance));
        Some(instance)
    }

    /// Rules that say no more than how long an answer may be trusted, as far as that is known here.
    fn rules(&self) -> Rules {
        let mut rules = Rules::new(self.name);
        if let DeclaredTtl::Fixed(ttl) = self.declared {
            rules.policy.ttl = Ttl::Fixed(ttl);
        }
        rules
    }

    fn build(&self, rules: Rules) -> (Arc<Store>, Arc<Policy>, Arc<dyn ErasedCache>) {
        let (store, policy) = self.set(rules).build();
        let house = Arc::new((Arc::clone(&store), Arc::clone(&policy)));
        (store, policy, house)
    }

    /// Lets the environment have the last word.
    fn set(&self, mut rules: Rules) -> Rules {
        if let Some(ttl) = self.ttl_from_env() {
            rules.policy.ttl = Ttl::Fixed(ttl);
        }
        rules
    }

    /// What the environment says, read once; one error is logged where it cannot be understood.
    fn ttl_from_env(&self) -> Option<u64> {
        *self.state.from_env.get_or_init(|| match self.read_env()? {
            Ok(ttl) => Some(nanos(ttl)),
            Err(error) => {
                tracing::error!(
                    function = self.name,
                    "{error}; the attribute's own ttl is used"
                );
                None
            }
        })
    }

    pub(crate) fn read_env(&self) -> Option<Result<Duration, TtlEnvError>> {
        ttl_env::read(self.ttl_env?)
    }

    /// The stores of the instances that have been used.
    pub(crate) fn stores(&self) -> Vec<(Arc<Store>, Arc<Policy>)> {
        let instances = lock(&self.state.instances);
        instances
            .iter()
            .filter_map(|made| Some(made.house.as_ref()?.open()))
            .collect()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
