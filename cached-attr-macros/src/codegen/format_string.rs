//! Format strings that capture `self`, which has another name where the code is moved to.

use proc_macro2::{Ident, Literal, Span, TokenStream, TokenTree};
use quote::quote_spanned;
use syn::Lit;

use crate::idents;

/// The macros that read a format string, and how many arguments stand before it. Of others it is not known whether a
/// text is one.
const FORMATTING: [(&[&str], usize); 3] = [
    (
        &[
            "anyhow",
            "bail",
            "debug",
            "eprint",
            "eprintln",
            "error",
            "format",
            "format_args",
            "info",
            "panic",
            "print",
            "println",
            "todo",
            "trace",
            "unimplemented",
            "unreachable",
            "warn",
        ],
        0,
    ),
    (&["assert", "debug_assert", "ensure", "write", "writeln"], 1),
    (
        &[
            "assert_eq",
            "assert_ne",
            "debug_assert_eq",
            "debug_assert_ne",
        ],
        2,
    ),
];

/// `"{self:?}", id` → `"{__cached_self:?}", id, __cached_self = self`
pub(super) fn named(name: &Ident, arguments: TokenStream) -> TokenStream {
    let known = FORMATTING
        .iter()
        .find(|(names, _)| names.iter().any(|known| name == known));
    let Some((_, skipped)) = known else {
        return arguments;
    };
    let mut tokens: Vec<TokenTree> = arguments.into_iter().collect();
    let Some(at) = format_string(&tokens, *skipped) else {
        return tokens.into_iter().collect();
    };
    let Some((renamed, span)) = tokens.get(at).and_then(without_self) else {
        return tokens.into_iter().collect();
    };
    if let Some(place) = tokens.get_mut(at) {
        *place = TokenTree::Literal(renamed);
    }
    if !tokens.last().is_some_and(is_comma) {
        tokens.extend(quote_spanned!(span=> ,));
    }
    let this = idents::this();
    // Renamed with the rest.
    tokens.extend(quote_spanned!(span=> #this = self));
    tokens.into_iter().collect()
}

/// Where the first argument stands that is a text and nothing else, after so many others.
fn format_string(tokens: &[TokenTree], skipped: usize) -> Option<usize> {
    let mut argument = 0;
    let mut begins = true;
    for (at, token) in tokens.iter().enumerate() {
        let alone = begins && tokens.get(at + 1).is_none_or(is_comma);
        if alone && argument >= skipped && text(token).is_some() {
            return Some(at);
        }
        begins = is_comma(token);
        argument += usize::from(begins);
    }
    None
}

fn is_comma(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',')
}

fn text(token: &TokenTree) -> Option<String> {
    let TokenTree::Literal(literal) = token else {
        return None;
    };
    match Lit::new(literal.clone()) {
        Lit::Str(text) => Some(text.value()),
        _ => None,
    }
}

/// The format string with another name for `self`, if it captures that.
fn without_self(token: &TokenTree) -> Option<(Literal, Span)> {
    let text = text(token)?;
    let mut renamed = String::new();
    let mut rest = text.as_str();
    let mut found = false;
    while let Some((before, after)) = rest.split_once('{') {
        renamed.push_str(before);
        renamed.push('{');
        rest = after;
        if let Some(escaped) = rest.strip_prefix('{') {
            renamed.push('{');
            rest = escaped;
        } else if let Some(format) = rest.strip_prefix("self")
            && format.starts_with(['}', ':'])
        {
            renamed.push_str(&idents::this().to_string());
            rest = format;
            found = true;
        }
    }
    renamed.push_str(rest);
    let mut literal = Literal::string(&renamed);
    literal.set_span(token.span());
    found.then(|| (literal, token.span()))
}
