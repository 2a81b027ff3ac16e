//! Options whose value is Rust code.

use syn::{Expr, ExprClosure, ExprLit, Lit, spanned::Spanned as _};

use super::value::{Value, read_after_equals};
use crate::diag;

/// An expression over the arguments: `bypass`, `refresh`, `cache`.
#[derive(Clone)]
pub(crate) struct Code(pub(crate) Expr);

/// A closure or a function over what is cached: `store_if`, `weigh`.
#[derive(Clone)]
pub(crate) enum Closure {
    Written(ExprClosure),
    Named(Expr),
}

impl Closure {
    pub(crate) fn expr(&self) -> Expr {
        match self {
            Self::Written(closure) => Expr::Closure(closure.clone()),
            Self::Named(path) => path.clone(),
        }
    }
}

impl Value for Code {
    const EXAMPLE: &'static str = "… = expression";

    fn read(value: &Expr) -> darling::Result<Self> {
        match value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => Err(diag::at(
                text.span(),
                "this is code, not text: write the expression without the quotes",
            )),
            Expr::Closure(closure) => Err(diag::at(
                closure.span(),
                "this is asked once a call and sees the arguments: write the expression without `|…|`",
            )),
            other => Ok(Self(other.clone())),
        }
    }
}

impl Value for Closure {
    const EXAMPLE: &'static str = "… = |value| …";

    fn read(value: &Expr) -> darling::Result<Self> {
        match value {
            Expr::Closure(closure) => Ok(Self::Written(closure.clone())),
            Expr::Path(_) => Ok(Self::Named(value.clone())),
            other => Err(diag::at(
                other.span(),
                "this is asked of the value that is to be stored: write a closure, `|value| …`, or the name of a function",
            )),
        }
    }
}

read_after_equals!(Code, Closure);
