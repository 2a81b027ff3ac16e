//! The type of a resource that nobody has written: learnt from its expression, which is never run here.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{ToTokens as _, quote};

use super::{asserts, layer, settings, types};
use crate::{
    idents,
    plan::{Layer, Plan, Probe},
};

/// ```text
/// let shape = if false { let aws: &Aws = never(); let load = async { EXPR }; Some(SHAPE) } else { None };
/// SITE.cache_of::<K, _, _>(&shape, MARKER, RULES)
/// ```
pub(super) fn emit(plan: &Plan, layer: &Layer, probe: &Probe) -> TokenStream {
    let runtime = &plan.runtime;
    let (shape, load) = (idents::local("shape"), idents::local("load"));
    let inputs = probe.inputs.iter().map(|(name, ty)| {
        let ty = types::with_elided_lifetimes(ty);
        quote!(let #name: #ty = #runtime::__private::never();)
    });
    let expression = without_self(probe.load.to_token_stream());
    let found = quote!(#runtime::__private::returned_by(&#load).cached_kind().cached_shape());
    let asserts = asserts::of_key(plan, &layer.key);
    let found = asserts::fitting(plan, layer, &found);
    let (site, k) = (layer::site_at(plan, layer), types::key(plan, &layer.key));
    let (marker, settings) = (
        layer::marker(plan, layer),
        settings::emit_for_companion(plan, layer),
    );
    quote! {
        let #shape = if false {
            #(#inputs)*
            let #load = async { #expression };
            #asserts
            ::core::option::Option::Some(#found)
        } else {
            ::core::option::Option::None
        };
        #site.cache_of::<#k, _, _>(&#shape, #marker, #settings)
    }
}

/// `self.db` → `__cached_self.db`: a companion takes no `self`.
fn without_self(code: TokenStream) -> TokenStream {
    let rename = |token| match token {
        TokenTree::Ident(ident) if ident == "self" => {
            let mut this = idents::this();
            this.set_span(this.span().located_at(ident.span()));
            TokenTree::Ident(this)
        }
        TokenTree::Group(group) => {
            let mut renamed = Group::new(group.delimiter(), without_self(group.stream()));
            renamed.set_span(group.span());
            TokenTree::Group(renamed)
        }
        other => other,
    };
    code.into_iter().map(rename).collect()
}
