//! Errors as the user reads them: one type, always with the user's own token, always beside the function.

use std::fmt::Display;

use darling::error::Accumulator;
use proc_macro2::{Span, TokenStream};
use quote::quote;

/// An error at one place.
pub(crate) fn at(span: Span, message: impl Display) -> darling::Error {
    darling::Error::custom(message).with_span(&span)
}

/// The item as it was, then the errors: editors keep working, and nothing that uses the item breaks as well.
pub(crate) fn with_original_item(item: &TokenStream, errors: darling::Error) -> TokenStream {
    let errors = errors.write_errors();
    quote!(#item #errors)
}

/// `` `a`, `b` and `c` ``
pub(crate) fn listed<T: Display>(names: impl IntoIterator<Item = T>) -> String {
    let mut names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.pop() {
        None => String::new(),
        Some(last) if names.is_empty() => last,
        Some(last) => format!("{} and {last}", names.join(", ")),
    }
}

/// The known word that `written` was most likely meant to be, if any is near enough.
pub(crate) fn nearest<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let allowed = if written.chars().count() < 4 { 1 } else { 2 };
    known
        .into_iter()
        .map(|word| (distance(written, word), word))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// Levenshtein's distance, one row at a time.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.chars().count()).collect();
    for (line, a) in left.chars().enumerate() {
        let mut diagonal = line;
        let mut before = line + 1;
        let mut next = vec![before];
        for (b, above) in right.chars().zip(row.iter().skip(1)) {
            before = (diagonal + usize::from(a != b))
                .min(above + 1)
                .min(before + 1);
            diagonal = *above;
            next.push(before);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

/// Rust code as a person would write it: a token stream's own rendering puts spaces everywhere.
pub(crate) fn code(tokens: &impl quote::ToTokens) -> String {
    let spaced = tokens.to_token_stream().to_string();
    let mut text = spaced;
    for (from, to) in [
        (" :: ", "::"),
        (":: ", "::"),
        (" ::", "::"),
        (" . ", "."),
        ("& ", "&"),
        (" ,", ","),
        (" <", "<"),
    ] {
        text = text.replace(from, to);
    }
    for (from, to) in [
        ("< ", "<"),
        (" >", ">"),
        ("( ", "("),
        (" )", ")"),
        (" (", "("),
        ("& '", "&'"),
    ] {
        text = text.replace(from, to);
    }
    text
}

/// Reports a wrong value's error; what is left is the value.
pub(crate) fn report_or_value<'a, T>(
    given: Option<&'a darling::Result<T>>,
    errors: &mut Accumulator,
) -> Result<Option<&'a T>, ()> {
    match given {
        None => Ok(None),
        Some(Ok(value)) => Ok(Some(value)),
        Some(Err(error)) => {
            errors.push(error.clone());
            Err(())
        }
    }
}
