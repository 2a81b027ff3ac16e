//! The type of a resource that is not written: inferred from its expression, which is never run here.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{ToTokens as _, quote};
use syn::Type;

use super::{asserts, layer, settings, types};
use crate::{
    idents,
    plan::{Layer, Plan, Probe},
};

/// ```text
/// let shape = if false { let aws: &Aws = never(); let load = async { EXPR }; Some(SHAPE) } else { None };
/// SITE.cache_of::<K, _, _>(&shape, MARKER, SETTINGS)
/// ```
pub(super) fn of_load(plan: &Plan, layer: &Layer, probe: &Probe) -> TokenStream {
    let runtime = &plan.runtime;
    let load = idents::local("load");
    let inputs = probe.inputs.iter().map(|(name, ty)| {
        let ty = types::with_elided_lifetimes(ty);
        quote!(let #name: #ty = #runtime::__private::never();)
    });
    let expression = without_self(probe.load.to_token_stream());
    let found = layer::shape(&quote!(#runtime::__private::returned_by(&#load)), layer);
    let asserts = asserts::of_key(plan, &layer.key);
    let found = asserts::fitting(plan, layer, &found);
    let probe = quote! {
        #(#inputs)*
        let #load = async { #expression };
        #asserts
        ::core::option::Option::Some(#found)
    };
    cache_of(plan, layer, &probe)
}

/// The same for a return type that is written, but of which only the compiler can decide what is stored.
pub(super) fn of_type(plan: &Plan, layer: &Layer, ty: &Type) -> TokenStream {
    let runtime = &plan.runtime;
    let ty = types::with_static_lifetimes(ty);
    let found = layer::shape(&quote!(#runtime::__private::Returns::<#ty>::NEW), layer);
    let asserts = asserts::of_types(plan, layer);
    let found = asserts::fitting(plan, layer, &found);
    cache_of(
        plan,
        layer,
        &quote!(#asserts ::core::option::Option::Some(#found)),
    )
}

/// The cache of a value's type that `probe`, which never runs, would have.
fn cache_of(plan: &Plan, layer: &Layer, probe: &TokenStream) -> TokenStream {
    let shape = idents::local("shape");
    let (site, k) = (layer::site_at(plan, layer), types::key(plan, &layer.key));
    let (marker, settings) = (
        layer::marker(plan, layer),
        settings::emit_for_companion(plan, layer),
    );
    quote! {
        let #shape = if false { #probe } else { ::core::option::Option::None };
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
