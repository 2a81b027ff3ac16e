//! How an option's value is read: `option = value` and nothing else, with the right spelling in every refusal.

use proc_macro2::Ident;
use syn::{Expr, ExprClosure, ExprLit, Lit, spanned::Spanned as _};

use crate::diag;

/// A value that stands behind `=`.
pub(crate) trait Value: Sized {
    /// What a right value looks like, for the messages.
    const EXAMPLE: &'static str;

    fn read(value: &Expr) -> darling::Result<Self>;
}

/// The expression without the invisible groups that `macro_rules!` puts around what it passes on.
pub(crate) fn bare(value: &Expr) -> &Expr {
    match value {
        Expr::Group(group) => bare(&group.expr),
        other => other,
    }
}

/// A name of the user's: `message` says what for, where it is something else.
pub(super) fn ident(value: &Expr, message: &str) -> darling::Result<Ident> {
    let name = match value {
        Expr::Path(path) => path.path.get_ident().cloned(),
        _ => None,
    };
    name.ok_or_else(|| diag::at(value.span(), message))
}

/// Gives each type darling's trait: the receiver needs it, and the two wrong forms get their message here.
macro_rules! read_after_equals {
    ($($value:ty),+ $(,)?) => {$(
        impl darling::FromMeta for $value {
            fn from_expr(value: &syn::Expr) -> darling::Result<Self> {
                let value = $crate::args::value::bare(value);
                <Self as $crate::args::value::Value>::read(value).map_err(|error| error.with_span(value))
            }

            fn from_word() -> darling::Result<Self> {
                let example = <Self as $crate::args::value::Value>::EXAMPLE;
                Err(darling::Error::custom(format!("this option needs a value: write `{example}`")))
            }

            fn from_list(_: &[darling::ast::NestedMeta]) -> darling::Result<Self> {
                let example = <Self as $crate::args::value::Value>::EXAMPLE;
                Err(darling::Error::custom(format!("this option is written with `=`: `{example}`")))
            }
        }
    )+};
}
pub(crate) use read_after_equals;

/// An expression over the arguments: `bypass`, `refresh`, `cache`.
#[derive(Clone)]
pub(crate) struct Code(pub(crate) Expr);

/// A closure or a function over what is cached: `store_if`, `weigh`.
#[derive(Clone)]
pub(crate) enum Closure {
    Written(ExprClosure),
    Named(Expr),
    /// Neither, which the plan reports: it knows what the option is called with.
    Other(Expr),
}

impl Closure {
    pub(crate) fn expr(&self) -> Expr {
        match self {
            Self::Written(closure) => Expr::Closure(closure.clone()),
            Self::Named(other) | Self::Other(other) => other.clone(),
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
                "this is evaluated on each call and sees the arguments: write the expression without `|…|`",
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
            other => Ok(Self::Other(other.clone())),
        }
    }
}

read_after_equals!(Code, Closure);
