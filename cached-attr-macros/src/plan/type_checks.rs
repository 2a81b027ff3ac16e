//! Options that need a kind of answer, and whether the function returns that kind.
//!
//! Where the return type is written plainly this is decided here; through an alias only the compiler can decide, by
//! an assertion in the expansion.

use darling::error::Accumulator;
use proc_macro2::Span;
use syn::Type;

use super::value::{self, Value};
use crate::{args::Attribute, diag};

/// An assertion for the compiler, with the option it is about.
pub(crate) enum TypeCheck {
    /// Can the errors be stored?
    ErrorTtl(Span),
    /// Are there errors at all?
    StaleIfError(Span),
    /// Have the errors a text?
    ShareError(Span),
    /// Can the errors be made of a timeout?
    Timeout(Span),
}

/// What is known of a load's answer without the compiler.
pub(super) struct Answer<'a> {
    /// The type, where one is written.
    pub(super) ty: Option<&'a Type>,
    /// Is `ty` certain to be no `Result`?
    pub(super) never_fails: bool,
    /// Of what is stored.
    pub(super) value: Option<&'a Value>,
}

/// Reports the options that can never do anything; what is left is asserted in the expansion.
pub(super) fn check(
    attribute: &Attribute,
    answer: &Answer<'_>,
    errors: &mut Accumulator,
) -> Vec<TypeCheck> {
    let mut type_checks = Vec::new();
    for (option, fit) in [
        ("error_ttl", TypeCheck::ErrorTtl as fn(Span) -> TypeCheck),
        ("stale_if_error", TypeCheck::StaleIfError),
        ("share_error", TypeCheck::ShareError),
        ("timeout", TypeCheck::Timeout),
    ] {
        if !attribute.has(option) {
            continue;
        }
        if answer.never_fails {
            errors.push(diag::at(
                attribute.span_of(option),
                format!("`{option}` is for functions that can fail, and {} is not a `Result`: leave it out", quoted(answer.ty)),
            ));
        } else {
            type_checks.push(fit(attribute.span_of(option)));
        }
    }
    check_negative_ttl(attribute, answer, errors);
    type_checks
}

fn check_negative_ttl(attribute: &Attribute, answer: &Answer<'_>, errors: &mut Accumulator) {
    // A key that a batch has no value for is absent, whatever the type.
    if let (true, Some(Value::Plain(ty))) = (attribute.has("negative_ttl"), answer.value)
        && !attribute.has("batch")
        && value::is_never_absent(ty)
    {
        errors.push(diag::at(
            attribute.span_of("negative_ttl"),
            format!("`negative_ttl` is for answers that can be absent, and {} is never `None`: leave it out", quoted(Some(ty))),
        ));
    }
}

fn quoted(ty: Option<&Type>) -> String {
    ty.map_or_else(|| "`()`".to_owned(), |ty| format!("`{}`", diag::code(ty)))
}
