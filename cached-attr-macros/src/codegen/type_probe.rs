//! Types that nobody has written: of a resource's value, of an expression in a key. The companion infers them from the
//! same code, which never runs there.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::{Pat, Type};

use super::{asserts, key, layer, respan::respanned, settings, types, without_self::without_self};
use crate::{
    idents,
    plan::{CacheCompanion, CompanionKey, Layer, Plan, Probe, Value},
};

/// The cache that a companion returns.
pub(super) fn cache(
    plan: &Plan,
    layer: &Layer,
    companion: &CacheCompanion,
    value: &Value,
) -> TokenStream {
    let runtime = &plan.runtime;
    let named = match companion.key {
        CompanionKey::Named => Some(types::key(plan, &layer.key)),
        CompanionKey::Inferred(_) => None,
    };
    let k = named.clone().unwrap_or_else(|| quote!(_));
    let cache = match value {
        Value::Inferred(probe) => of_load(plan, layer, probe, &k),
        Value::Opaque(ty) => of_type(plan, layer, ty, &k),
        Value::Plain(_) | Value::ByType(_) | Value::OkOf(_) => {
            let asserts = asserts::of_types(plan, layer);
            let v = types::value(plan, value);
            // Closures over the value are looked at before the return type is.
            let types = settings::see_values(layer).then(|| quote!(::<#k, #v, _>));
            let (site, marker, settings) = site(plan, layer, &Known::Value(&v));
            let cache =
                quote_spanned!(asserts::whole(layer)=> #site.cache #types (#marker, #settings));
            quote!(#asserts #cache)
        }
    };
    match &companion.key {
        CompanionKey::Named => cache,
        CompanionKey::Inferred(inputs) => {
            let key = idents::local("key");
            let probe = of_key(plan, layer, inputs);
            quote!(let #key = #probe; #runtime::__private::keyed_by(&#key, { #cache }))
        }
    }
}

/// ```text
/// if false { let tenant: &Tenant = never(); Some(key_type((&tenant.id, page))) } else { None }
/// ```
fn of_key(plan: &Plan, layer: &Layer, inputs: &[(Pat, Type)]) -> TokenStream {
    let runtime = &plan.runtime;
    let inputs = bindings(plan, inputs);
    let key = without_self(key::borrowed(plan, &layer.key, asserts::whole(layer)));
    quote! {
        if false {
            #inputs
            ::core::option::Option::Some(#runtime::__private::key_type(#key))
        } else {
            ::core::option::Option::None
        }
    }
}

/// ```text
/// let shape = if false { let aws: &Aws = never(); let load = async { EXPR }; Some(SHAPE) } else { None };
/// SITE.cache_of::<K, _, _>(&shape, MARKER, SETTINGS)
/// ```
fn of_load(plan: &Plan, layer: &Layer, probe: &Probe, k: &TokenStream) -> TokenStream {
    let runtime = &plan.runtime;
    let load = idents::local("load");
    let inputs = bindings(plan, &probe.inputs);
    let expression = without_self(probe.load.to_token_stream());
    let found = layer::shape(&quote!(#runtime::__private::returned_by(&#load)), layer);
    // Of a key whose type is inferred, the wrapper alone reports what is wrong.
    let asserts = layer.key.is_named().then(|| asserts::of_key(plan, layer));
    let found = asserts::fitting(plan, layer, &found);
    let context = layer::context(plan, layer);
    let name = layer.context.iter();
    let probe = quote! {
        #inputs
        #context
        let #load = async { #expression };
        #(#name.is_of(&#found);)*
        #asserts
        ::core::option::Option::Some(#found)
    };
    cache_of(plan, layer, &probe, k)
}

/// The same for a return type that is written, but of which only the compiler can decide what is stored.
fn of_type(plan: &Plan, layer: &Layer, ty: &Type, k: &TokenStream) -> TokenStream {
    let runtime = &plan.runtime;
    let ty = types::with_static_lifetimes(ty);
    let found = layer::shape(&quote!(#runtime::__private::Returns::<#ty>::NEW), layer);
    let asserts = asserts::of_types(plan, layer);
    let found = asserts::fitting(plan, layer, &found);
    let probe = quote!(#asserts ::core::option::Option::Some(#found));
    cache_of(plan, layer, &probe, k)
}

/// The cache of a value's type that `probe`, which never runs, would have.
fn cache_of(plan: &Plan, layer: &Layer, probe: &TokenStream, k: &TokenStream) -> TokenStream {
    let shape = idents::local("shape");
    let (site, marker, settings) = site(plan, layer, &Known::Shape(&shape));
    let cache = quote_spanned! {asserts::whole(layer)=>
        #site.cache_of::<#k, _, _>(&#shape, #marker, #settings)
    };
    quote! {
        let #shape = if false { #probe } else { ::core::option::Option::None };
        #cache
    }
}

/// What says the type of the value.
enum Known<'a> {
    Value(&'a TokenStream),
    Shape(&'a Ident),
}

fn site(plan: &Plan, layer: &Layer, known: &Known<'_>) -> (TokenStream, TokenStream, TokenStream) {
    let settings = settings::emit_for_companion(plan, layer);
    let settings = match layer.sharing {
        // The text of a key is made of its parts, so their types have to be known before it is looked at.
        Some(_) if !layer.key.is_named() => typed(plan, known, &settings),
        _ => settings,
    };
    (
        respanned(&layer::site_at(plan, layer), asserts::whole(layer)),
        layer::marker(plan, layer),
        settings,
    )
}

/// `keyed_rules::<_, V, _>(&key, |policy| …)`
fn typed(plan: &Plan, known: &Known<'_>, settings: &TokenStream) -> TokenStream {
    let runtime = &plan.runtime;
    let key = idents::local("key");
    match known {
        Known::Value(v) => {
            quote!(#runtime::__private::keyed_rules::<_, #v, _>(&#key, #settings))
        }
        Known::Shape(shape) => {
            quote!(#runtime::__private::keyed_rules_of(&#key, &#shape, #settings))
        }
    }
}

/// `let aws: &Aws = never();`
fn bindings(plan: &Plan, inputs: &[(Pat, Type)]) -> TokenStream {
    let runtime = &plan.runtime;
    let each = inputs.iter().map(|(name, ty)| {
        let ty = types::with_elided_lifetimes(ty);
        quote!(let #name: #ty = #runtime::__private::never();)
    });
    each.collect()
}
