//! Tokens with the span of the user's code: what the compiler finds wrong with them is reported there.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::ToTokens;

/// `code` at `span`. What its names mean stays as it was.
pub(super) fn respanned(code: &impl ToTokens, span: Span) -> TokenStream {
    code.to_token_stream()
        .into_iter()
        .map(|token| locate(token, span))
        .collect()
}

fn locate(token: TokenTree, span: Span) -> TokenTree {
    let at = token.span().located_at(span);
    let mut token = match token {
        TokenTree::Group(group) => TokenTree::Group(Group::new(
            group.delimiter(),
            respanned(&group.stream(), span),
        )),
        other => other,
    };
    token.set_span(at);
    token
}
