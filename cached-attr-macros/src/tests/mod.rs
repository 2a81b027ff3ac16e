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

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;

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
    match syn::parse2(with_companions(tokens.clone())) {
        Ok(file) => prettyplease::unparse(&file),
        Err(error) => format!("{error}\n{tokens}"),
    }
}

/// `::cached_attr::__private::companion_unless_handle_is_false!`, in tokens.
const PATH: usize = 10;

/// The macro that companions are written through, expanded: `companion!{ [ATTRIBUTES] REST }` → `ATTRIBUTES fn REST`.
fn with_companions(tokens: TokenStream) -> TokenStream {
    let mut expanded: Vec<TokenTree> = Vec::new();
    for token in tokens {
        let in_companion = expanded
            .iter()
            .rev()
            .nth(1)
            .is_some_and(|name| name.to_string() == "companion_unless_handle_is_false");
        match token {
            TokenTree::Group(group) if in_companion => {
                expanded.truncate(expanded.len() - PATH);
                expanded.extend(companion(group.stream()));
            }
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), with_companions(group.stream()));
                inner.set_span(group.span());
                expanded.push(inner.into());
            }
            other => expanded.push(other),
        }
    }
    expanded.into_iter().collect()
}

fn companion(written: TokenStream) -> TokenStream {
    let mut tokens = written.into_iter();
    match tokens.next() {
        Some(TokenTree::Group(attributes)) if attributes.delimiter() == Delimiter::Bracket => {
            let (attributes, rest) = (attributes.stream(), tokens.collect::<TokenStream>());
            quote!(#attributes fn #rest)
        }
        _ => TokenStream::new(),
    }
}
