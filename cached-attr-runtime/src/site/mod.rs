//! Sites: the erased static of each annotated function, and its typed caches.

pub(crate) mod batch_item;
mod instances;
pub(crate) mod linked;
pub(crate) mod marker;
mod used;

use std::any::TypeId;
use std::hash::Hash;
use std::marker::PhantomData;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::builder::{Builder, Rules};
use crate::cache::{CacheValue, FnCache};
use crate::call::batch::item::{BatchMap, ValueOf};
use crate::call::batch::{Batch, KeyType};
use crate::call::{Mode, PolicyOverride, Start};
use crate::clock::nanos;
use crate::key::{CacheKey, KeyRef};
use crate::policy::Ttl;
use crate::return_type::{ReturnType, ShareError};
use crate::store::Store;
use crate::ttl_env::{self, TtlEnvError};
use instances::{Erased, Instances, NewInstance, Wanted};
use marker::InstanceKey;

pub(crate) use used::UsedInstance;

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
    /// Whether its name is one in the shared tier.
    #[cfg(feature = "shared")]
    pub(crate) is_shared: bool,
    state: State,
}

/// What becomes of a site at run time.
struct State {
    ttl_from_env: OnceLock<Option<u64>>,
    instances: Instances,
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
            #[cfg(feature = "shared")]
            is_shared: false,
            state: State {
                ttl_from_env: OnceLock::new(),
                instances: Instances::NONE,
            },
        }
    }

    /// With the option `shared`.
    #[cfg(feature = "shared")]
    #[must_use]
    pub const fn shared(mut self) -> Self {
        self.is_shared = true;
        self
    }

    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Tells it from every other site.
    pub(crate) fn id(&self) -> String {
        format!("{}#{:x}", self.place.0, self.place.1)
    }

    /// The function's cache. `rules` runs once, at the first use.
    #[inline]
    pub fn cache<K: 'static, V: 'static, I: InstanceKey>(
        &'static self,
        instance: I,
        rules: impl FnOnce(Builder<K, V>) -> Builder<K, V>,
    ) -> &'static FnCache<K, V> {
        let declared_type = || typeid::of::<(PhantomData<I::Declared>, FnCache<K, V>)>();
        self.instance(declared_type(), instance.call_site(&rules), || {
            let rules = rules(Builder::over(self.rules())).into_rules();
            let (store, used) = self.build(declared_type(), rules);
            let (policy, siblings) = (Arc::clone(&used.policy), Arc::clone(&used.siblings));
            NewInstance {
                instance: Box::new(FnCache::<K, V>::of_site(store, policy, siblings)),
                used,
            }
        })
    }

    /// The same where the value's type is what a load would have. Only the shape's type is used.
    pub fn cache_of<K: 'static, S: ReturnType<Value: 'static>, I: InstanceKey>(
        &'static self,
        _: &Option<S>,
        instance: I,
        rules: impl FnOnce(Builder<K, S::Value>) -> Builder<K, S::Value>,
    ) -> &'static FnCache<K, S::Value> {
        self.cache(instance, rules)
    }

    /// Looks the key up for a call of this function, in its own cache.
    #[inline]
    pub fn start<K: CacheKey, Q: KeyRef<K>, S: ShareError<Value: CacheValue>, I: InstanceKey>(
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
    pub fn start_under<
        K: CacheKey,
        Q: KeyRef<K>,
        S: ShareError<Value: CacheValue>,
        I: InstanceKey,
    >(
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

    /// Begins a call for many keys, in the function's own cache.
    pub fn batch<K: CacheKey, S: ShareError<Value: BatchMap<Item: Hash + Eq>>, I: InstanceKey>(
        &'static self,
        instance: I,
        _: KeyType<K>,
        items: usize,
        _: S,
        mode: Mode,
        rules: impl FnOnce(Builder<K, ValueOf<S>>) -> Builder<K, ValueOf<S>>,
    ) -> Batch<'static, K, S> {
        Batch::new(self.cache(instance, rules), None, mode, items)
    }

    /// The same in another's cache, under this function's policy.
    pub fn batch_under<
        'a,
        K: CacheKey,
        S: ShareError<Value: BatchMap<Item: Hash + Eq>>,
        I: InstanceKey,
    >(
        &'static self,
        instance: I,
        cache: &'a FnCache<K, ValueOf<S>>,
        items: usize,
        _: S,
        mode: Mode,
        rules: impl FnOnce(Builder<K, ValueOf<S>>) -> Builder<K, ValueOf<S>>,
    ) -> Batch<'a, K, S> {
        let policy = self.policy(instance, cache, rules);
        Batch::new(cache, Some(policy), mode, items)
    }

    /// The function's own policy over another's cache.
    #[inline]
    pub fn policy<K: 'static, V: 'static, I: InstanceKey>(
        &'static self,
        instance: I,
        _: &FnCache<K, V>,
        rules: impl FnOnce(Builder<K, V>) -> Builder<K, V>,
    ) -> &'static PolicyOverride {
        let declared_type =
            typeid::of::<(PhantomData<I::Declared>, FnCache<K, V>, PolicyOverride)>();
        self.instance(declared_type, instance.call_site(&rules), || {
            let used = self.policy_only(rules(Builder::over(self.rules())).into_rules());
            NewInstance {
                instance: Box::new(PolicyOverride(Arc::clone(&used.policy))),
                used,
            }
        })
    }

    #[inline]
    fn instance<T: Send + Sync + 'static>(
        &'static self,
        declared_type: TypeId,
        call_site: Option<TypeId>,
        make: impl FnOnce() -> NewInstance,
    ) -> &'static T {
        let key = call_site.unwrap_or(declared_type);
        let instances = &self.state.instances;
        let found = instances
            .get_first(key)
            .or_else(|| instances.get_later(key));
        if let Some(instance) = found
            && let Some(instance) = instance.downcast_ref()
        {
            return instance;
        }
        let wanted = Wanted {
            declared_type,
            call_site,
        };
        let mut make = Some(make);
        let instance = self.find_or_make(wanted, &mut || make.take().map(|make| make()));
        #[allow(
            clippy::expect_used,
            reason = "the declared type names the type of what was made under it"
        )]
        instance
            .and_then(|instance| instance.downcast_ref())
            .expect("an instance has the type it was made with")
    }

    /// Copies of one expansion, as `debug_handler` makes one to check, share the instances of the first.
    // Cold: a hit of the first instance is to be straight-line code.
    #[cold]
    fn find_or_make(
        &'static self,
        wanted: Wanted,
        make: &mut dyn FnMut() -> Option<NewInstance>,
    ) -> Option<Erased> {
        let shared = &linked::canonical(self).state.instances;
        let instance = shared.find_or_make(wanted, make)?;
        self.state.instances.publish(wanted, instance);
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

    fn build(&'static self, declared_type: TypeId, rules: Rules) -> (Arc<Store>, UsedInstance) {
        let shared = &linked::canonical(self).state.instances;
        let siblings = shared.siblings_of(declared_type);
        let name = Arc::clone(&rules.name);
        let (store, policy) = self.with_env(rules).build(false);
        let used = UsedInstance {
            store: Some(Arc::clone(&store)),
            policy,
            name,
            siblings,
        };
        (store, used)
    }

    fn policy_only(&self, rules: Rules) -> UsedInstance {
        let mut rules = self.with_env(rules);
        rules.policy.counters = Some(Box::default());
        UsedInstance {
            store: None,
            policy: rules.policy.into_shared(),
            name: rules.name,
            siblings: Arc::default(),
        }
    }

    /// Lets the environment have the last word.
    fn with_env(&self, mut rules: Rules) -> Rules {
        if let Some(ttl) = self.ttl_from_env() {
            rules.policy.ttl = Ttl::Fixed(ttl);
        }
        rules
    }

    /// What the environment says, read once; one error is logged where it cannot be understood.
    fn ttl_from_env(&self) -> Option<u64> {
        *self
            .state
            .ttl_from_env
            .get_or_init(|| match self.read_env()? {
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

    /// The instances that have been used.
    pub(crate) fn used(&self) -> Vec<UsedInstance> {
        self.state.instances.used()
    }
}
