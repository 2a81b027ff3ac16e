//! Tags, evaluated where a load begins.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Path;

use super::key;
use crate::plan::{Layer, Plan, TextTemplate};

/// `.tagged(|| [tag(format_args!("tenant:{}", tenant))])`
pub(super) fn tagged(plan: &Plan, layer: &Layer) -> TokenStream {
    if layer.tags.is_empty() {
        return TokenStream::new();
    }
    let tags = layer.tags.iter().map(|tag| emit(&plan.runtime, tag));
    quote!(.tagged(|| [#(#tags),*]))
}

/// `tag(format_args!("tenant:{}", tenant))`
pub(super) fn emit(runtime: &Path, tag: &TextTemplate) -> TokenStream {
    let text = key::format_arguments(runtime, tag);
    quote!(#runtime::__private::tag(#text))
}
