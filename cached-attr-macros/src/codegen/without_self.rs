//! Code that is taken out of its method: `self` gets another name.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::idents;

/// `self.db` → `__cached_self.db`. Paths that begin with `self::` stay, and so do items with a `self` of their own.
pub(super) fn without_self(code: TokenStream) -> TokenStream {
    let mut renamed = TokenStream::new();
    let mut tokens = code.into_iter().peekable();
    let mut own_item = false;
    while let Some(token) = tokens.next() {
        let token = match token {
            TokenTree::Ident(ident) if ident == "self" && !begins_path(tokens.peek()) => {
                let mut this = idents::this();
                this.set_span(this.span().located_at(ident.span()));
                TokenTree::Ident(this)
            }
            TokenTree::Group(group) if own_item && group.delimiter() == Delimiter::Brace => {
                own_item = false;
                TokenTree::Group(group)
            }
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), without_self(group.stream()));
                inner.set_span(group.span());
                TokenTree::Group(inner)
            }
            other => {
                own_item |=
                    matches!(&other, TokenTree::Ident(word) if word == "impl" || word == "trait");
                // `fn f() -> impl Trait;`, `let f: impl Trait = …;`
                own_item &= !matches!(&other, TokenTree::Punct(punct) if matches!(punct.as_char(), ';' | '='));
                other
            }
        };
        renamed.extend([token]);
    }
    renamed
}

fn begins_path(next: Option<&TokenTree>) -> bool {
    matches!(next, Some(TokenTree::Punct(punct)) if punct.as_char() == ':')
}
