//! Options that concern each call, or the code of a load.

use std::collections::BTreeSet;

use darling::error::Accumulator;
use proc_macro2::Ident;
use syn::{Expr, ExprLit, Lit, LitBool};

use super::Scope;
use crate::{
    args::{Attribute, Code, ContextName},
    diag,
};

/// The name that the load's code uses.
pub(super) fn context(
    attribute: &Attribute,
    scope: &Scope<'_>,
    mentioned: &BTreeSet<String>,
    errors: &mut Accumulator,
) -> Option<Ident> {
    let ContextName(name) =
        diag::report_or_value(attribute.options.context.as_ref(), errors).ok()??;
    if scope.argument(&name.to_string()).is_some() {
        errors.push(diag::at(
            name.span(),
            format!("`{name}` is an argument or a resource already: give the context another name"),
        ));
    } else if !mentioned.contains(&name.to_string()) {
        errors.push(diag::at(
            name.span(),
            format!(
                "nothing uses `{name}`: write for example `{name}.stale()` where the value is loaded, or leave `context` out"
            ),
        ));
    }
    Some(name.clone())
}

/// An option that is evaluated on each call. `true` for every call is a cache that never answers, and what
/// `refresh = true` means elsewhere is something else.
pub(super) fn per_call(
    option: &str,
    code: Option<&darling::Result<Code>>,
    errors: &mut Accumulator,
) -> Option<Expr> {
    let Code(expr) = diag::report_or_value(code, errors).ok().flatten()?;
    if let Expr::Lit(ExprLit {
        lit: Lit::Bool(LitBool { value: true, span }),
        ..
    }) = expr
    {
        let instead = match option {
            "refresh" => {
                "and no call would be answered from the cache: write which calls load, `refresh = force`. To renew an \
                 entry's life whenever it is read, write `tti = \"10m\"`"
            }
            _ => {
                "and nothing would ever be cached: write which calls go past the cache, `bypass = is_test`, or take the \
                 attribute away"
            }
        };
        errors.push(diag::at(
            *span,
            format!("`{option}` is evaluated on each call, {instead}"),
        ));
    }
    Some(expr.clone())
}
