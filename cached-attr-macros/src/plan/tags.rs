//! Tags: texts over the arguments, made like text keys.

use darling::error::Accumulator;
use syn::LitStr;

use super::{
    TextTemplate,
    key::{scope::Scope, text},
};
use crate::args::Tags;

/// The tags of a layer. An argument in a tag need not be in the key, and is not accounted for by it.
pub(super) fn all(tags: &Tags, scope: &Scope<'_>, errors: &mut Accumulator) -> Vec<TextTemplate> {
    let mut lowered = Vec::new();
    for tag in &tags.0 {
        if let Some(tag) = errors.handle(tag.clone()) {
            lowered.extend(one(&tag, scope, errors));
        }
    }
    lowered
}

/// One tag, of a layer or of a writer.
pub(crate) fn one(
    tag: &LitStr,
    scope: &Scope<'_>,
    errors: &mut Accumulator,
) -> Option<TextTemplate> {
    text::lower(tag, text::Role::Tag, scope, errors).map(|lowered| lowered.template)
}
