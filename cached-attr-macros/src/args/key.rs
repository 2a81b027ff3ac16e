//! `key = …`: a text, one expression, or a tuple.

use darling::ast::NestedMeta;
use syn::{Expr, ExprLit, Lit, LitStr, spanned::Spanned as _};

use super::value::bare;
use crate::diag;

/// The key as written.
pub(crate) enum KeyArg {
    /// `"spec:{name}"`
    Text(LitStr),
    /// `id`, `self.region`, `format!("…")`
    One(Expr),
    /// `(tenant, id)`
    Tuple(Vec<Expr>),
}

impl darling::FromMeta for KeyArg {
    fn from_expr(value: &Expr) -> darling::Result<Self> {
        match bare(value) {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => Ok(Self::Text(text.clone())),
            Expr::Tuple(tuple) => Ok(Self::Tuple(
                tuple
                    .elems
                    .iter()
                    .map(|element| bare(element).clone())
                    .collect(),
            )),
            Expr::Paren(inner) => Self::from_expr(&inner.expr),
            Expr::Closure(closure) => Err(diag::at(
                closure.span(),
                "a key is an expression over the arguments: write it without `|…|`, for example `key = (tenant, id)`",
            )),
            Expr::Array(array) => Err(diag::at(
                array.span(),
                "a key of several parts is a tuple: `key = (tenant, id)`",
            )),
            Expr::Lit(other) => Err(diag::at(
                other.span(),
                "this key is the same for every call: a text says so on purpose, for example `key = \"all\"`",
            )),
            other => Ok(Self::One(other.clone())),
        }
    }

    fn from_word() -> darling::Result<Self> {
        Err(darling::Error::custom(
            "`key` needs a value: write `key = id`, `key = (tenant, id)` or `key = \"spec:{id}\"`",
        ))
    }

    fn from_list(_: &[NestedMeta]) -> darling::Result<Self> {
        Err(darling::Error::custom(
            "`key` is written with `=`: `key = (tenant, id)`",
        ))
    }
}
