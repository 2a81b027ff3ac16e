//! Stage two: the attributes of ours that stand on one function, planned together.

use proc_macro2::{Span, TokenStream};

use crate::item::Function;

/// One attribute as written.
pub(crate) struct RawLayer {
    /// What stands between its parentheses.
    pub(crate) tokens: TokenStream,
    /// Where to point when the attribute as a whole is at fault.
    pub(crate) span: Span,
}

/// The attribute being expanded, then those of ours below it, which leave the function.
pub(crate) fn take(top: TokenStream, _function: &mut Function) -> Vec<RawLayer> {
    vec![RawLayer { tokens: top, span: Span::call_site() }]
}
