//! How an option's value is read: `option = value` and nothing else, with the right spelling in every refusal.

use syn::Expr;

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
