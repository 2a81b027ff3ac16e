//! Names that generated code uses, taken by something else.
#![allow(non_camel_case_types, dead_code, reason = "the names are the point")]

/// Shadows the library.
pub struct core;
/// Shadows the library.
pub struct std;
/// Shadows the crate.
pub struct cached_attr;
/// Shadows the prelude.
pub struct Option;
/// Shadows the prelude.
pub struct Result;
/// Shadows the prelude.
pub struct String;
/// Shadows a trait.
pub trait Send {}
/// Shadows a trait.
pub trait Future {}

/// Every type has methods of these names.
pub trait Methods {
    /// One of them.
    fn kind(&self) -> u32 {
        1
    }
    /// One of them.
    fn shape(&self) -> u32 {
        2
    }
    /// One of them.
    fn part(&self) -> u32 {
        3
    }
    /// One of them.
    fn own(&self) -> u32 {
        4
    }
    /// One of them.
    fn cache(&self) -> u32 {
        5
    }
    /// One of them.
    fn start(&self) -> u32 {
        6
    }
    /// One of them.
    fn load(&self) -> u32 {
        7
    }
    /// One of them.
    fn here(&self) -> u32 {
        8
    }
}

impl<T: ?::core::marker::Sized> Methods for T {}

/// An error that can only be shown.
pub struct Shown(::memo::SharedError);

impl ::core::convert::From<::memo::SharedError> for Shown {
    fn from(error: ::memo::SharedError) -> Self {
        Shown(error)
    }
}

impl ::core::fmt::Display for Shown {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::core::fmt::Display::fmt(&self.0, f)
    }
}

/// What is found by method lookup is found all the same.
///
/// # Errors
///
/// Never.
#[::memo::cached(ttl = "1m", crate = ::memo)]
pub async fn looked_up(name: &str) -> ::core::result::Result<u32, Shown> {
    ::core::result::Result::Ok(if name.is_empty() { 5 } else { 7 })
}

/// The same without errors.
#[::memo::cached(ttl = "1m", crate = ::memo)]
pub async fn borrowed(name: &str) -> &'static str {
    if name.is_empty() { "" } else { "name" }
}

/// The types are those of the primitives.
#[::memo::cached(ttl = "1m", negative_ttl = "1s", store_if = |value| value.is_some_and(|sum| sum > 0), key = "{a}:{b}", crate = ::memo)]
pub async fn shadowed(a: u32, b: u32) -> ::core::option::Option<u32> {
    a.checked_add(b)
}

/// Arguments of names that generated code uses.
#[::memo::cached(ttl = "1m", crate = ::memo)]
pub async fn arguments(shape: u32, start: u32, hit: u32, key: u32, policy: u32, value: u32) -> u32 {
    shape + start + hit + key + policy + value
}
