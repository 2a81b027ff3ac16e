//! Expansions as text.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its own input should stop"
)]
#![allow(
    clippy::too_many_lines,
    reason = "a snapshot is as long as the expansion"
)]

mod expansion;
mod leader;

use proc_macro2::TokenStream;

/// The expansion of `#[cached(attribute)] item`, as `rustfmt` would print it.
fn expand(attribute: &str, item: &str) -> String {
    let tokens = crate::expand::cached(
        attribute.parse().unwrap(),
        &item.parse::<TokenStream>().unwrap(),
    );
    printed(&tokens)
}

/// The expansion of `#[invalidates(attribute)] item`, the same way.
fn invalidates(attribute: &str, item: &str) -> String {
    let tokens = crate::expand::invalidates(
        attribute.parse().unwrap(),
        &item.parse::<TokenStream>().unwrap(),
    );
    printed(&tokens)
}

/// The same, of any expansion.
fn printed(tokens: &TokenStream) -> String {
    match syn::parse2(tokens.clone()) {
        Ok(file) => prettyplease::unparse(&file),
        Err(error) => format!("{error}\n{tokens}"),
    }
}
