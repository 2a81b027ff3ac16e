//! The attributes of `cached-attr`. Use that crate, which re-exports them beside the types they need; this one
//! has no API of its own.
//!
//! One expansion goes through five stages, a type for each, made only by the stage before it:
//!
//! ```text
//! tokens ─ item ──→ Function   the function as written, its arguments, where its body is
//!        ─ stack ─→ Layers     this attribute and those of ours below it
//!        ─ args ──→ Options    what each attribute says, value by value (darling)
//!        ─ plan ──→ Plan       what it means: key, settings, companions; every rule is checked here
//!        ─ emit ──→ tokens     cannot fail
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
mod leader;
mod manifest;
mod plan;
mod stack;
mod template;
#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

/// `#[cached(option, …)]` caches the function's own result; `#[cached(let NAME = EXPR, option, …)]` caches the value of
/// `EXPR` and binds it in the body.
///
#[doc = include_str!("options.md")]
#[proc_macro_attribute]
pub fn cached(attribute: TokenStream, item: TokenStream) -> TokenStream {
    expand::cached(attribute.into(), &item.into()).into()
}

/// `#[invalidates(target, …)]`
///
/// | target | what is invalidated when the function succeeds |
/// |---|---|
/// | `script(id)`, `repo::script(id)` | the entry that `script_key(id)` names |
/// | `settings[id]`, `orders[(tenant, page)]` | the entry with this key |
/// | `list(..)` | all entries |
/// | `self.by_id[id]`, `self.by_id[..]` | an entry of a cache in a field, or all of them |
/// | `tag("tenant:{tenant}")` | all entries with this tag, of whichever functions |
/// | `before` | the same also before the body runs |
/// | `always` | the same also when the function returns an `Err` |
#[proc_macro_attribute]
pub fn invalidates(attribute: TokenStream, item: TokenStream) -> TokenStream {
    expand::invalidates(attribute.into(), &item.into()).into()
}

/// `#[leader(key = "…", option, …)]`
///
/// | option | value | meaning |
/// |---|---|---|
/// | `key` | a text, `"seed:{tenant}"`, or an expression that is `AsRef<str>` | who competes: at most one call of a key runs at a time, in all processes. **Required**; computed on each call |
/// | `ttl` | duration, default `"30s"` | how long a leader that crashed keeps the key; a living one renews it |
/// | `grace` | duration, default `0` | how long nobody leads after a success |
/// | `on_unavailable` | `"skip"` (default) or `"run"` | whether the body runs while the tier is away |
/// | `fence` | a name | binds `NAME: u64` in the body: larger than every earlier leader's |
/// | `crate` | path | where `cached_attr` is found if it is renamed |
#[proc_macro_attribute]
pub fn leader(attribute: TokenStream, item: TokenStream) -> TokenStream {
    expand::leader(attribute.into(), &item.into()).into()
}
