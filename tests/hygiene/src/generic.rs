//! Generic functions and types.

use ::std::borrow::ToOwned as _;
use ::std::clone::Clone;
use ::std::cmp::Eq;
use ::std::default::Default;
use ::std::fmt::Display;
use ::std::hash::Hash;
use ::std::marker::{PhantomData, Send, Sync};
use ::std::ops::Fn;
use ::std::result::Result::{self, Ok};
use ::std::string::{String, ToString as _};

/// The parameter reaches the key.
#[::memo::cached(ttl = "1m", crate = ::memo)]
pub async fn shown<T>(value: T) -> String
where
    T: Display + Clone + Hash + Eq + Send + Sync + 'static,
{
    value.to_string()
}

/// The parameter reaches the value.
///
/// # Errors
///
/// None.
#[::memo::cached(ttl = "1m", crate = ::memo)]
pub async fn made<T: Default + Clone + Send + Sync + 'static>(name: &str) -> Result<T, String> {
    let _ = name.to_owned();
    Ok(T::default())
}

/// The parameter is skipped.
#[::memo::cached(ttl = "1m", skip(source), crate = ::memo)]
pub async fn skipped<'s, S: Fn(u32) -> u32 + 's>(source: &'s S, id: u32) -> u32 {
    source(id)
}

/// `impl Trait` that is skipped.
#[::memo::cached(ttl = "1m", skip(source), crate = ::memo)]
pub async fn anonymous(source: impl Fn(u32) -> u32, id: u32) -> u32 {
    source(id)
}

/// A generic type.
#[derive(::std::fmt::Debug, Default)]
pub struct Table<R>(PhantomData<R>);

impl<R: Default + Clone + Send + Sync + 'static> Table<R> {
    /// A row.
    ///
    /// # Errors
    ///
    /// None.
    #[::memo::cached(ttl = "1m", skip(self), crate = ::memo)]
    pub async fn row(&self, id: u32) -> Result<R, String> {
        let _ = id;
        Ok(R::default())
    }
}
