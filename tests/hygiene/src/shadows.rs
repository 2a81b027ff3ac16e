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
