//! Stage two: the attributes of ours that stand on one function, planned together.
//!
//! The top one sees those below it as they are written. It takes every one that can only be ours: by its last name,
//! `cached`, or under any name by `let`, with which no other attribute begins.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use syn::{Attribute, Meta, spanned::Spanned as _};

use crate::item::Function;

/// One attribute as written.
pub(crate) struct RawLayer {
    /// What stands between its parentheses.
    pub(crate) tokens: TokenStream,
    /// Where to point when the attribute as a whole is at fault.
    pub(crate) span: Span,
}

/// The attribute being expanded, then those of ours below it, which leave the function.
///
/// ```text
/// #[cached(A)] #[other] #[cached(B)] async fn f()  →  [A, B], #[other] async fn f()
/// ```
pub(crate) fn take(top: TokenStream, function: &mut Function) -> Vec<RawLayer> {
    let mut layers = vec![RawLayer {
        tokens: top,
        span: Span::call_site(),
    }];
    let attributes = std::mem::take(&mut function.attrs);
    for attribute in attributes {
        match layer(&attribute) {
            Some(layer) => layers.push(layer),
            None => function.attrs.push(attribute),
        }
    }
    layers
}

fn layer(attribute: &Attribute) -> Option<RawLayer> {
    let tokens = match &attribute.meta {
        Meta::List(list) => list.tokens.clone(),
        Meta::Path(_) => TokenStream::new(),
        Meta::NameValue(_) => return None,
    };
    let path = attribute.path();
    let named = path
        .segments
        .last()
        .is_some_and(|last| last.ident == "cached");
    (named || begins_with_let(&tokens)).then(|| RawLayer {
        tokens,
        span: path.span(),
    })
}

/// `let NAME`
fn begins_with_let(tokens: &TokenStream) -> bool {
    let mut tokens = tokens.clone().into_iter();
    let is_let = |token: TokenTree| matches!(token, TokenTree::Ident(word) if word == Ident::new("let", Span::call_site()));
    tokens.next().is_some_and(is_let) && matches!(tokens.next(), Some(TokenTree::Ident(_)))
}
