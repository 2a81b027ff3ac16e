//! `script_cache()` and `script_key(…)`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Visibility, ext::IdentExt as _};

use super::{asserts, key, layer, located::located, policy, probe, types};
use crate::{
    item::Function,
    plan::{Layer, Plan, Value},
};

pub(super) fn emit(function: &Function, plan: &Plan) -> TokenStream {
    let mut tokens = TokenStream::new();
    for layer in plan
        .memo
        .iter()
        .chain(plan.resources.iter().map(|resource| &resource.layer))
    {
        tokens.extend(emit_cache(function, plan, layer));
        tokens.extend(emit_key(function, plan, layer));
    }
    tokens
}

/// ```text
/// fn script_cache() -> &'static FnCache<(String, u32), String> { …; SITE.cache(marker::<()>(), |policy| …) }
/// ```
fn emit_cache(function: &Function, plan: &Plan, layer: &Layer) -> TokenStream {
    let (Some(companion), Some(value)) = (&layer.cache_companion, &layer.value) else {
        return TokenStream::new();
    };
    let runtime = &plan.runtime;
    let vis = &function.vis;
    let name = &companion.name;
    let (generics, _, where_clause) = companion.generics.split_for_impl();
    let (k, v) = (types::key(plan, &layer.key), types::value(plan, value));
    let doc = doc(
        function,
        &format!(" The cache of [`{0}`]({0}()).", function.name().unraw()),
    );
    let (ident, id) = (
        &layer.site.ident,
        proc_macro2::Literal::u64_unsuffixed(layer.site.id),
    );
    let (marker, rules) = (layer::marker(plan, layer), policy::emit(plan, layer));
    // Where a type is at fault as a whole, the compiler points at the return type: let that be the function.
    let located = located(runtime, function.span());
    let returned = quote_spanned!(function.span()=> &'static #located::FnCache<#k, #v>);
    let known = key::is_known(&layer.key) && value.is_known();
    let cache = match value {
        Value::Inferred(probe) => probe::emit(plan, layer, probe),
        _ if !known => {
            let asserts = asserts::of_types(plan, layer);
            quote!(#asserts #runtime::__private::Typed::<#k, #v>::NEW.cache(&#ident, #marker, #rules))
        }
        // Closures over the value are looked at before the return type is.
        _ if policy::has_closures(layer) => quote!(#ident.cache::<#k, #v, _>(#marker, #rules)),
        _ => quote!(#ident.cache(#marker, #rules)),
    };
    quote! {
        #doc
        #[allow(dead_code, non_snake_case, clippy::all, clippy::pedantic)]
        #vis fn #name #generics() -> #returned #where_clause {
            #runtime::__private::twin!(#ident, id = #id);
            #cache
        }
    }
}

/// ```text
/// fn script_key(user: &str, id: u32) -> (String, u32) { own((user, &id)) }
/// ```
fn emit_key(function: &Function, plan: &Plan, layer: &Layer) -> TokenStream {
    let Some(companion) = &layer.key_companion else {
        return TokenStream::new();
    };
    let runtime = &plan.runtime;
    let vis = &function.vis;
    let (name, inputs) = (&companion.name, &companion.inputs);
    let (generics, _, where_clause) = companion.generics.split_for_impl();
    let owned = types::key(plan, &layer.key);
    let key = key::unchecked(plan, &layer.key);
    let key = if key::is_known(&layer.key) {
        quote!(#runtime::__private::own(#key))
    } else {
        quote!(#runtime::__private::Owning::<#owned, _>::of(#key).own())
    };
    let doc = doc(
        function,
        &format!(
            " The key under which [`{0}`]({0}()) remembers the answer to these arguments.",
            function.name().unraw()
        ),
    );
    quote! {
        #doc
        #[allow(dead_code, non_snake_case, unused_variables, clippy::all, clippy::pedantic)]
        #vis fn #name #generics(#(#inputs),*) -> #owned #where_clause {
            #key
        }
    }
}

/// A private companion has no reader.
fn doc(function: &Function, text: &str) -> TokenStream {
    if let Visibility::Inherited = function.vis {
        TokenStream::new()
    } else {
        quote!(#[doc = #text])
    }
}
