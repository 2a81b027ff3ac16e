//! A page of the guide, so that `cargo test` runs its examples.

#[cfg(doctest)]
#[doc = include_str!("../../../docs/guide/src/recipes.md")]
mod recipes {}
