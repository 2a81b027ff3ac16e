//! Code that is taken out of its method: `self` gets another name.

use proc_macro2::{Delimiter, Group, Ident, Spacing, TokenStream, TokenTree};

use super::format_string;
use crate::idents;

/// `self.db` → `__cached_self.db`. Paths that begin with `self::`, imports and visibilities stay, and so do items with a
/// `self` of their own.
pub(super) fn without_self(code: TokenStream) -> TokenStream {
    let mut renamed = TokenStream::new();
    let mut tokens = code.into_iter().peekable();
    let mut before = Before::default();
    while let Some(token) = tokens.next() {
        let token = match token {
            TokenTree::Ident(ident)
                if ident == "self" && !before.import && !begins_path(tokens.peek()) =>
            {
                TokenTree::Ident(this_at(&ident))
            }
            TokenTree::Group(group) if before.keep(&group) => TokenTree::Group(group),
            TokenTree::Group(group) => {
                let code = before.called_macro().map_or_else(
                    || group.stream(),
                    |name| format_string::named(name, group.stream()),
                );
                let mut inner = Group::new(group.delimiter(), without_self(code));
                inner.set_span(group.span());
                TokenTree::Group(inner)
            }
            other => other,
        };
        before.pass(&token);
        renamed.extend([token]);
    }
    renamed
}

/// What stands before a token.
#[derive(Default)]
struct Before {
    /// `impl` or `trait`, whose braces come.
    own_item: bool,
    /// `use …`, up to its semicolon.
    import: bool,
    /// The word before, and the `!` after it.
    word: Option<Ident>,
    bang: bool,
}

impl Before {
    /// Does what stands in such a group have a `self` of its own, or none?
    fn keep(&self, group: &Group) -> bool {
        let visibility = self.word.as_ref().is_some_and(|word| word == "pub");
        match group.delimiter() {
            Delimiter::Brace => self.own_item || self.import,
            Delimiter::Parenthesis => visibility && !self.bang,
            _ => false,
        }
    }

    /// `println!`, where its arguments come.
    fn called_macro(&self) -> Option<&Ident> {
        self.word.as_ref().filter(|_| self.bang)
    }

    fn pass(&mut self, token: &TokenTree) {
        self.bang = matches!(token, TokenTree::Punct(punct) if punct.as_char() == '!');
        match token {
            TokenTree::Ident(word) => {
                self.own_item |= word == "impl" || word == "trait";
                self.import |= word == "use";
                self.word = Some(word.clone());
            }
            TokenTree::Punct(punct) => {
                // `fn f() -> impl Trait;`, `let f: impl Trait = …;`
                self.own_item &= !matches!(punct.as_char(), ';' | '=');
                self.import &= punct.as_char() != ';';
                self.word = self.word.take().filter(|_| self.bang);
            }
            TokenTree::Group(group) => {
                self.own_item &= group.delimiter() != Delimiter::Brace;
                self.word = None;
            }
            TokenTree::Literal(_) => self.word = None,
        }
    }
}

fn this_at(place: &Ident) -> Ident {
    let mut this = idents::this();
    this.set_span(this.span().located_at(place.span()));
    this
}

/// `self::`, and not `$self:expr`.
fn begins_path(next: Option<&TokenTree>) -> bool {
    matches!(next, Some(TokenTree::Punct(punct)) if punct.as_char() == ':' && punct.spacing() == Spacing::Joint)
}
