//! `script_cache()` and `script_key(…)`.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Lifetime, Visibility, WhereClause, ext::IdentExt as _};

use super::{asserts, key, layer, respan::respanned, settings, types, value_probe};
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
/// fn script_cache() -> &'static FnCache<(String, u32), String> { SITE.cache(marker::<()>(), |policy| …) }
/// ```
fn emit_cache(function: &Function, plan: &Plan, layer: &Layer) -> TokenStream {
    let (Some(companion), Some(value)) = (&layer.cache_companion, &layer.value) else {
        return TokenStream::new();
    };
    let runtime = &plan.runtime;
    let vis = &function.vis;
    let name = &companion.name;
    let (generics, _, where_clause) = companion.generics.split_for_impl();
    let where_clause = to_owned_bounds(function, plan, layer, where_clause);
    let (k, v) = (types::key(plan, &layer.key), types::value(plan, value));
    let doc = doc(
        function,
        &format!(" The cache of [`{0}`]({0}()).", function.name().unraw()),
    );
    let site = layer::site_at(plan, layer);
    let (marker, settings) = (
        layer::marker(plan, layer),
        settings::emit_for_companion(plan, layer),
    );
    // Where a type is at fault as a whole, the compiler points at the return type: let that be the function.
    let located = respanned(runtime, function.span());
    let returned = quote_spanned!(function.span()=> &'static #located::FnCache<#k, #v>);
    // Closures over the value are looked at before the return type is.
    let types = settings::see_values(layer).then(|| quote!(::<#k, #v, _>));
    let cache = match value {
        Value::Inferred(probe) => value_probe::of_load(plan, layer, probe),
        Value::Opaque(ty) => value_probe::of_type(plan, layer, ty),
        Value::Plain(_) | Value::ByType(_) | Value::OkOf(_) => {
            let asserts = asserts::of_types(plan, layer);
            quote!(#asserts #site.cache #types (#marker, #settings))
        }
    };
    let lints = lints();
    quote! {
        #doc
        #lints
        #vis fn #name #generics() -> #returned #where_clause {
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
    let where_clause = to_owned_bounds(function, plan, layer, where_clause);
    let owned = types::key(plan, &layer.key);
    let key = key::unchecked(plan, &layer.key);
    let key = if key::is_known(&layer.key) {
        quote!(#runtime::__private::own(#key))
    } else {
        quote!(#runtime::__private::KeyCheck::<#owned, _>::of(#key).own())
    };
    let doc = doc(
        function,
        &format!(
            " The key of these arguments in the cache of [`{0}`]({0}()).",
            function.name().unraw()
        ),
    );
    let lints = lints();
    quote! {
        #doc
        #lints
        #vis fn #name #generics(#(#inputs),*) -> #owned #where_clause {
            #key
        }
    }
}

/// A type behind a reference that cannot be owned is reported by the wrapper, and must not be reported by the companions
/// as well. A bound over a lifetime is assumed here and checked where the companion is called.
///
/// ```text
/// where for<'a> Db: ToOwned<Owned: Key>
/// ```
///
/// What is documented goes without it, and closures over the key need its type.
fn to_owned_bounds(
    function: &Function,
    plan: &Plan,
    layer: &Layer,
    where_clause: Option<&WhereClause>,
) -> TokenStream {
    let unverified_types = key::unverified_types(&layer.key);
    let weighed = layer.setters.iter().any(|setter| setter.method == "weigh");
    if unverified_types.is_empty() || weighed || matches!(function.vis, Visibility::Public(_)) {
        return quote!(#where_clause);
    }
    let runtime = &plan.runtime;
    let any = Lifetime::new("'__cached", Span::mixed_site());
    let types = unverified_types
        .iter()
        .map(|ty| types::with_static_lifetimes(ty));
    let others = where_clause.iter().flat_map(|clause| &clause.predicates);
    quote! {
        where #(#others,)* #(for<#any> #types: ::std::borrow::ToOwned<Owned: #runtime::CacheKey>),*
    }
}

/// A companion may be unused, and of a pattern it may use a part.
fn lints() -> TokenStream {
    quote!(#[allow(unused, unused_lifetimes, non_snake_case, clippy::all, clippy::pedantic)])
}

/// A private companion has no reader.
fn doc(function: &Function, text: &str) -> TokenStream {
    if let Visibility::Inherited = function.vis {
        TokenStream::new()
    } else {
        quote!(#[doc = #text])
    }
}
