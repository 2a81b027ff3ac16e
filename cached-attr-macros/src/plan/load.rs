//! What a layer stands in front of: a function's body or a resource's expression.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span};
use syn::Type;

use super::{Scope, Value};

/// What a layer stands in front of.
pub(super) struct Load<'a> {
    pub(super) scope: &'a Scope<'a>,
    /// `let NAME`, for a resource.
    pub(super) resource: Option<&'a Ident>,
    /// The names that the load mentions.
    pub(super) mentioned: &'a BTreeSet<String>,
    /// The names of all that decides the type of what is stored.
    pub(super) reaches: BTreeSet<String>,
    /// Where the answer's type stands, or the expression that has it.
    pub(super) at: Span,
    /// What the load answers, where that is written, and whether it is certain not to be a `Result`.
    pub(super) answer: Option<&'a Type>,
    pub(super) never_fails: bool,
    /// The type of what is stored, for a companion's signature.
    pub(super) value: &'a dyn Fn() -> darling::Result<Option<Value>>,
    pub(super) in_impl: bool,
}
