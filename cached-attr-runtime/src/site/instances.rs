//! Instances: one function, several caches. A `static` cannot name `Self` or `T`, so the caches of a generic
//! function are found by type.

use std::any::{Any, TypeId};
use std::marker::PhantomData;
use std::sync::Arc;

use crate::policy::Policy;
use crate::store::Store;

/// The type parameters that tell one instance of a generic function from another.
pub struct Marker<M: ?Sized>(PhantomData<fn() -> PhantomData<M>>);

/// Names the type parameters that tell instances apart. They need not be `'static`.
#[must_use]
pub fn marker<M: ?Sized>() -> Marker<M> {
    Marker(PhantomData)
}

impl<M: ?Sized> Marker<M> {
    /// Also tells apart what only the type of a closure knows, the one that sets the rules: the parameters of an
    /// `impl` around the function.
    #[must_use]
    pub fn here(self) -> Here<M> {
        Here(self)
    }
}

/// See [`Marker::here`].
pub struct Here<M: ?Sized>(#[allow(dead_code, reason = "only its type counts")] Marker<M>);

/// What tells one instance of a function from another.
pub trait Instance {
    /// What the attribute knows, beside the types of key and value.
    type Known: ?Sized;

    /// What only the place of the call knows, by the closure that stands there.
    fn here<C>(&self, _: &C) -> Option<TypeId> {
        None
    }
}

impl<M: ?Sized> Instance for Marker<M> {
    type Known = M;
}

impl<M: ?Sized> Instance for Here<M> {
    type Known = M;

    fn here<C>(&self, _: &C) -> Option<TypeId> {
        Some(typeid::of::<C>())
    }
}

pub(crate) type Erased = &'static (dyn Any + Send + Sync);

/// One instance of a function: its cache, or its policy over another's.
pub(crate) struct InstanceRecord {
    pub(crate) known: TypeId,
    pub(crate) here: Option<TypeId>,
    pub(crate) instance: Erased,
    /// Where its answers are, unless that is another's cache.
    pub(crate) house: Option<Arc<dyn ErasedCache>>,
}

/// A new instance, and its house.
pub(crate) type NewInstance = (Box<dyn Any + Send + Sync>, Option<Arc<dyn ErasedCache>>);

/// A store and the policy over it, behind a trait object: the compiler has to prove that each function's static is
/// `Sync`, and would go through the whole of a store every time.
pub(crate) trait ErasedCache: Send + Sync {
    /// Both.
    fn open(&self) -> (Arc<Store>, Arc<Policy>);
}

impl ErasedCache for (Arc<Store>, Arc<Policy>) {
    fn open(&self) -> (Arc<Store>, Arc<Policy>) {
        self.clone()
    }
}

/// The instance that is meant. A companion does not know `here`: it takes the first that fits, or makes one
/// that the first call adopts.
pub(crate) fn find(
    instances: &mut [InstanceRecord],
    known: TypeId,
    here: Option<TypeId>,
) -> Option<Erased> {
    let fits =
        |made: &&mut InstanceRecord| made.known == known && (here.is_none() || made.here == here);
    if let Some(made) = instances.iter_mut().find(fits) {
        return Some(made.instance);
    }
    let adopted = instances
        .iter_mut()
        .find(|made| made.known == known && made.here.is_none())?;
    adopted.here = here;
    Some(adopted.instance)
}

macro_rules! constants {
    ($($name:ident $type:ty),+) => {$(
        /// A const parameter, as a type.
        pub struct $name<const VALUE: $type>;
    )+};
}

constants! {
    ConstBool bool, ConstChar char,
    ConstU8 u8, ConstU16 u16, ConstU32 u32, ConstU64 u64, ConstU128 u128, ConstUsize usize,
    ConstI8 i8, ConstI16 i16, ConstI32 i32, ConstI64 i64, ConstI128 i128, ConstIsize isize
}
