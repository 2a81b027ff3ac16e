//! The attributes of `cached-attr`. Use that crate, which re-exports them beside the types they need; this one
//! has no API of its own.
//!
//! One expansion goes through five stages, a type for each, made only by the stage before it:
//!
//! ```text
//! tokens ─ item ──→ Function   the function as written, its arguments, where its body is
//!        ─ stack ─→ Layers     this attribute and those of ours below it
//!        ─ args ──→ Options    what each attribute says, value by value (darling)
//!        ─ plan ──→ Plan       what it means: key, policy, companions; every rule is checked here
//!        ─ codegen → tokens    cannot fail
//! ```
#![deny(
    clippy::expect_used,
    clippy::get_unwrap,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::todo,
    clippy::unimplemented,
    clippy::unreachable,
    clippy::unwrap_used
)]

mod args;
mod codegen;
mod diag;
mod expand;
mod free_names;
mod idents;
mod invalidates;
mod item;
mod plan;
mod stack;
mod template;
#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

/// Caches the result of an async function. Documented in `cached_attr::cached`.
#[proc_macro_attribute]
pub fn cached(attribute: TokenStream, item: TokenStream) -> TokenStream {
    expand::cached(attribute.into(), &item.into()).into()
}

/// Invalidates what a writer has changed. Documented in `cached_attr::invalidates`.
#[proc_macro_attribute]
pub fn invalidates(attribute: TokenStream, item: TokenStream) -> TokenStream {
    expand::invalidates(attribute.into(), &item.into()).into()
}
