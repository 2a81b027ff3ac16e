//! Which names a piece of the user's code mentions.
//!
//! Two answers, because the two mistakes cost differently. Where naming too little would leak one caller's answer to
//! another ([`anything`]: what a resource depends on), every identifier counts. Where naming too much would
//! ([`values`]: is this argument in the key?), only what is read as a variable does.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Block, Expr, ExprPath, Item, Lit, PatIdent, visit::Visit};

use crate::template;

/// Every identifier anywhere in `code`: nested calls, blocks, closures, macros, and what any text captures.
pub(crate) fn anything(code: &impl ToTokens) -> BTreeSet<String> {
    let mut found = Vec::new();
    walk(
        code.to_token_stream(),
        Depth {
            all: true,
            in_macro: true,
        },
        &mut found,
    );
    found.into_iter().map(|mention| mention.name).collect()
}

/// The variables `code` reads from outside: no fields, methods, paths, macro names, nor what it binds itself.
pub(crate) fn values(code: &Expr) -> Vec<Mention> {
    let mut found = Vec::new();
    walk(
        code.to_token_stream(),
        Depth {
            all: false,
            in_macro: false,
        },
        &mut found,
    );
    let own = bound(code);
    found.retain(|mention| !own.contains(&mention.name));
    found
}

/// The variables that a body reads.
pub(crate) struct Reads {
    named: BTreeSet<String>,
    /// Read as an expression while nothing of that name is bound; `None` where any name that is read surely is.
    plain: Option<BTreeSet<String>>,
}

impl Reads {
    pub(crate) fn of(body: &TokenStream) -> Self {
        let mut found = Vec::new();
        let depth = Depth {
            all: false,
            in_macro: false,
        };
        walk(body.clone(), depth, &mut found);
        let plain = binds(body.clone()).then(|| plainly_read(body));
        Self {
            named: found.into_iter().map(|mention| mention.name).collect(),
            plain,
        }
    }

    pub(crate) fn names(&self, name: &str) -> bool {
        self.named.contains(name)
    }

    /// Is `name` surely a variable of the surroundings, and not a macro's word or bound anew?
    pub(crate) fn surely(&self, name: &str) -> bool {
        self.plain.as_ref().is_none_or(|plain| plain.contains(name))
    }
}

/// May the code bind names, or give them a meaning of its own?
fn binds(code: TokenStream) -> bool {
    code.into_iter().any(|token| match token {
        TokenTree::Ident(word) => word == "let" || word == "for",
        TokenTree::Punct(punct) => matches!(punct.as_char(), '|' | '!' | '='),
        TokenTree::Group(group) => binds(group.stream()),
        TokenTree::Literal(_) => false,
    })
}

/// The names read as expressions that nothing binds.
fn plainly_read(body: &TokenStream) -> BTreeSet<String> {
    #[derive(Default)]
    struct FindReads {
        read: BTreeSet<String>,
        bound: BTreeSet<String>,
    }
    impl<'ast> Visit<'ast> for FindReads {
        fn visit_expr_path(&mut self, path: &'ast ExprPath) {
            self.read.extend(path.path.get_ident().map(plain));
        }
        fn visit_pat_ident(&mut self, binding: &'ast PatIdent) {
            self.bound.insert(plain(&binding.ident));
            syn::visit::visit_pat_ident(self, binding);
        }
        fn visit_item(&mut self, _: &'ast Item) {}
    }
    let block = Group::new(Delimiter::Brace, body.clone());
    let mut find = FindReads::default();
    if let Ok(block) = syn::parse2::<Block>(TokenStream::from(TokenTree::Group(block))) {
        find.visit_block(&block);
    }
    &find.read - &find.bound
}

/// A name and where it stands.
pub(crate) struct Mention {
    pub(crate) name: String,
    pub(crate) span: Span,
}

/// Is `Self` named, outside of items that have a `Self` of their own?
pub(crate) fn self_type(code: &TokenStream) -> bool {
    let mut own_item = false;
    for token in code.clone() {
        match &token {
            TokenTree::Ident(ident) if ident == "Self" => return true,
            TokenTree::Ident(ident) if ident == "impl" || ident == "trait" => own_item = true,
            TokenTree::Punct(punct) if punct.as_char() == ';' => own_item = false,
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace && own_item => {
                own_item = false;
            }
            TokenTree::Group(group) if self_type(&group.stream()) => return true,
            _ => {}
        }
    }
    false
}

#[derive(Clone, Copy)]
struct Depth {
    all: bool,
    /// Texts capture variables only where a macro reads them.
    in_macro: bool,
}

fn walk(code: TokenStream, depth: Depth, found: &mut Vec<Mention>) {
    let tokens: Vec<TokenTree> = code.into_iter().collect();
    let punct = |at: Option<usize>| match at.and_then(|at| tokens.get(at)) {
        Some(TokenTree::Punct(punct)) => Some(punct.as_char()),
        _ => None,
    };
    for (at, token) in tokens.iter().enumerate() {
        let before = punct(at.checked_sub(1));
        let before_that = punct(at.checked_sub(2));
        match token {
            TokenTree::Ident(ident) => {
                let after = (punct(Some(at + 1)), punct(Some(at + 2)));
                if depth.all || is_variable((before, before_that), after) {
                    found.push(Mention {
                        name: plain(ident),
                        span: ident.span(),
                    });
                }
            }
            TokenTree::Group(group) => {
                let in_macro = depth.in_macro || before == Some('!');
                walk(group.stream(), Depth { in_macro, ..depth }, found);
            }
            TokenTree::Literal(literal) if depth.in_macro => {
                if let Lit::Str(text) = Lit::new(literal.clone()) {
                    let captured = template::captured(&text.value());
                    found.extend(captured.into_iter().map(|name| Mention {
                        name,
                        span: literal.span(),
                    }));
                }
            }
            _ => {}
        }
    }
}

/// `x` reads a variable; `.x`, `x::`, `::x`, `x!`, `x:` (a field) and `'x` do not. `..x` does.
fn is_variable(before: (Option<char>, Option<char>), after: (Option<char>, Option<char>)) -> bool {
    let field = before.0 == Some('.') && before.1 != Some('.');
    let path = before == (Some(':'), Some(':')) || after.0 == Some(':');
    let lifetime = before.0 == Some('\'');
    let macro_name = after.0 == Some('!') && after.1 != Some('=');
    !(field || path || lifetime || macro_name)
}

/// The names that `code` binds: closure arguments, `let`, match arms.
fn bound(code: &Expr) -> BTreeSet<String> {
    struct Bindings(BTreeSet<String>);
    impl<'ast> Visit<'ast> for Bindings {
        fn visit_pat_ident(&mut self, binding: &'ast PatIdent) {
            self.0.insert(plain(&binding.ident));
            syn::visit::visit_pat_ident(self, binding);
        }
    }
    let mut bindings = Bindings(BTreeSet::new());
    bindings.visit_expr(code);
    bindings.0
}

fn plain(ident: &Ident) -> String {
    ident.to_string()
}
