//! What distinguishes the instances of a function, as types. A `static` cannot name `Self` or `T`, so the caches of
//! a generic function are found by type.

use std::any::TypeId;
use std::marker::PhantomData;

/// The type parameters that distinguish the instances of a generic function.
pub struct Marker<M: ?Sized>(PhantomData<fn() -> PhantomData<M>>);

/// Names the type parameters that distinguish instances. They need not be `'static`.
#[must_use]
pub fn marker<M: ?Sized>() -> Marker<M> {
    Marker(PhantomData)
}

impl<M: ?Sized> Marker<M> {
    /// Also distinguishes by what is visible only in the type of the closure that sets the rules: the parameters of an
    /// `impl` around the function.
    #[must_use]
    pub fn here(self) -> CallSite<M> {
        CallSite(self)
    }
}

/// See [`Marker::here`].
pub struct CallSite<M: ?Sized>(#[allow(dead_code, reason = "only its type counts")] Marker<M>);

/// What distinguishes the instances of a function.
pub trait InstanceKey {
    /// What the attribute declares, beside the types of key and value.
    type Declared: ?Sized;

    /// What only the call site determines, by the type of a closure there.
    fn call_site<C>(&self, _: &C) -> Option<TypeId> {
        None
    }
}

impl<M: ?Sized> InstanceKey for Marker<M> {
    type Declared = M;
}

impl<M: ?Sized> InstanceKey for CallSite<M> {
    type Declared = M;

    fn call_site<C>(&self, _: &C) -> Option<TypeId> {
        Some(typeid::of::<C>())
    }
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
