//! What generated code calls. Not part of the public interface: it changes without notice.

pub use inventory;

pub use crate::call::batch::argument::{BatchArgument, copy_argument};
pub use crate::call::batch::item::BatchMap;
pub use crate::call::batch::return_type::{
    BatchType, MapFrom, NotBatchType, PlaceholderBatch, PlaceholderMap, batch_type,
};
pub use crate::call::batch::{Batch, KeyType};
pub use crate::call::owned::{
    BackgroundArgument, OwnCheck, OwnedOption, OwnedReference, Owns, PlaceholderArgument,
    PlaceholderOption, assert_background, background_load, own_value,
};
pub use crate::call::{
    Load, Miss, Mode, OwnedLoad, Progress, Resolve, ResourceSlot, SharedValue, Start, Step,
    TryValue, join,
};
pub use crate::key::{
    CacheType, CallKey, Each, ExpressionPart, IndexKey, KeyForm, Keyed, NamedIndexKey, OwnedPart,
    UnnamedCallKey, cache_type, call_key, each, key_type, keyed_by, keyed_rules, keyed_rules_of,
    own, unnamed_call_key,
};
pub use crate::return_type::placeholder::{
    KeyCheck, KeyPart, KeyPartCheck, Storable, TimeoutCheck, storable,
};
pub use crate::return_type::share_error::{LoadError, OwnError, SharedBy, SharesErrors};
pub use crate::return_type::stored_type::{Fallible, Is, Kind, NotResult, Owned, Select};
pub use crate::return_type::{
    CachesErrors, Fails, ReturnType, Returns, ShareError, TimesOut, none, plain, returned_by,
    returned_by_call_of,
};
#[cfg(feature = "shared")]
pub use crate::shared::check::{
    NoSharedPart, NotShareable, Shareable, SharedPart, assert_shared_items, assert_shared_part,
    assert_shared_part_of, assert_shared_value,
};
pub use crate::site::batch_item::{
    BatchItem, Item, NoItem, PlaceholderCalls, PlaceholderFound, UncheckedMap, assert_item,
};
pub use crate::site::linked::{Registered, site_at};
pub use crate::site::marker::{
    CallSite, ConstBool, ConstChar, ConstI8, ConstI16, ConstI32, ConstI64, ConstI128, ConstIsize,
    ConstU8, ConstU16, ConstU32, ConstU64, ConstU128, ConstUsize, InstanceKey, Marker, marker,
};
pub use crate::site::{DeclaredTtl, Site};
pub use crate::text_key::{escape, tag, text};
#[cfg(feature = "shared")]
pub use crate::tier::{
    key_text,
    leader::{LeaderType, assert_leader, lead},
};
pub use crate::write_guard::{OnAbort, on_abort};
pub use crate::{
    __absent as absent, __companion_unless_handle_is_false as companion_unless_handle_is_false,
    __site as site, __value as value,
};

/// Gives the block that it is in a type; never called.
///
/// # Panics
///
/// When it is called.
#[must_use]
pub fn never<T>() -> T {
    panic!("`never` only lends its type")
}

/// Invalidates all of a cache from where nothing can be awaited: a writer that was dropped. In the tier it is queued.
pub fn forget_all<K, V>(cache: &crate::FnCache<K, V>) {
    cache.forget_all();
}

/// The same for a tag.
pub fn forget_tag(tag: &str) {
    crate::report::invalidate_tag_later(tag);
}

/// Explains a key argument that cannot be one, at the argument.
pub fn assert_key<T: crate::CacheKey>() {}

/// The same for what is behind a reference.
pub fn assert_borrowed<T: KeyPart + ?Sized>() {}

/// The same for an argument whose type has no name.
pub fn assert_key_of<T: crate::CacheKey>(_: &T) {}

/// The same for an expression.
pub fn assert_part<T: KeyPart + ?Sized>(_: &T) {}

/// Explains an `error_ttl` on errors that cannot be cached.
pub fn assert_error_ttl<S: CachesErrors>(_: &S) {}

/// Explains a `stale_if_error` on a function that has no errors.
pub fn assert_fails<S: Fails>(_: &S) {}

/// Explains a `share_error` on errors that have no text.
pub fn assert_shares_errors<S: SharesErrors>(_: &S) {}

/// Explains a `timeout` on errors that cannot be made of one.
pub fn assert_times_out<S: TimesOut>(_: &S) {}

/// A function whose cache has no one type: `impl Trait` arguments are part of its key.
#[diagnostic::on_unimplemented(
    message = "this function has no `…_cache()`: an `impl Trait` argument is part of its key, so each type of argument has a cache of its own",
    label = "no single cache",
    note = "name the type, `fn f<T: …>(arg: T)`, or write a text key, `key = \"{{arg}}\"`"
)]
pub trait ImplTraitKey<'a> {
    /// None.
    type Cache;
}

/// A function with `cache = …`.
#[diagnostic::on_unimplemented(
    message = "this function has no `…_cache()`: its values are in the cache that `cache = …` names",
    label = "no cache of its own",
    note = "use that cache, with the key that `…_key(…)` makes"
)]
pub trait ForeignCache<'a> {
    /// None.
    type Cache;
}

/// A resource that depends on one whose type is not written.
#[diagnostic::on_unimplemented(
    message = "this resource has no `…_cache()`: the type of a resource that it depends on is not written",
    label = "no type for its cache",
    note = "write the type of the other resource: `let url: String = …`"
)]
pub trait UntypedResource<'a> {
    /// None.
    type Cache;
}

/// Declares a function's site and registers it.
#[doc(hidden)]
#[macro_export]
macro_rules! __site {
    ($site:ident, $name:expr, $ttl:expr, $env:expr, id = $id:literal $(, $shared:ident)?) => {
        static $site: $crate::__private::Site =
            $crate::__private::Site::new($name, $ttl, $env, (::core::module_path!(), $id))$(.$shared())?;
        $crate::__private::inventory::submit! { $crate::__private::Registered(&$site) }
    };
}

/// Writes a companion. Its name is for the compiler's note where a companion cannot be: the keyword comes from here, and
/// with it the whole item does.
#[doc(hidden)]
#[macro_export]
macro_rules! __companion_unless_handle_is_false {
    ([$($attributes:tt)*] $($rest:tt)*) => { $($attributes)* fn $($rest)* };
}

/// What of a return type is stored, as a type: the `Ok` value of a `Result`, through any alias.
#[doc(hidden)]
#[macro_export]
macro_rules! __value {
    ($return:ty) => {
        <$crate::__private::Select<
            {
                #[allow(unused_imports)]
                use $crate::__private::NotResult as _;
                $crate::__private::Is::<$return>::RESULT
            },
        > as $crate::__private::Kind<$return>>::Value
    };
}

/// Whether a value is `None`.
#[doc(hidden)]
#[macro_export]
macro_rules! __absent {
    ($value:expr) => {{
        #[allow(unused_imports)]
        use $crate::__private::none::*;
        (&&Seen($value)).is_absent()
    }};
}
