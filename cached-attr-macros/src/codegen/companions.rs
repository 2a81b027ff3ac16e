//! `script_cache()` and `script_key(…)`.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Lifetime, Visibility, WhereClause, ext::IdentExt as _};

use super::{asserts, key, respan::respanned, type_probe, types};
use crate::{
    idents,
    item::Function,
    plan::{CompanionKey, Layer, NoCache, Plan, Value},
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
    let (companion, value) = match (&layer.cache_companion, &layer.value) {
        (None, _) => return TokenStream::new(),
        (Some(Ok(companion)), Some(value)) => (companion, value),
        (Some(Err(reason)), _) => return emit_no_cache(function, plan, layer, *reason),
        (Some(Ok(_)), None) => return emit_no_cache(function, plan, layer, NoCache::ImplTrait),
    };
    let runtime = &plan.runtime;
    let name = &companion.name;
    let (generics, _, where_clause) = companion.generics.split_for_impl();
    let where_clause = assumed_bounds(function, plan, layer, where_clause, true);
    let v = types::value(plan, value);
    let k = match companion.key {
        CompanionKey::Named => types::key(plan, &layer.key),
        CompanionKey::Inferred(_) => {
            quote!(#runtime::Unnamed<impl #runtime::CacheKey>)
        }
    };
    let doc = doc(
        function,
        &format!(" The cache of [`{0}`]({0}()).", function.name().unraw()),
    );
    // Where a type is at fault as a whole, the compiler points at the return type: let that be the function.
    let at = asserts::whole_or(layer, function.span());
    let respanned = respanned(runtime, at);
    let returned = quote_spanned!(at=> &'static #respanned::FnCache<#k, #v>);
    let cache = type_probe::cache(plan, layer, companion, value);
    let rest = quote! {
        #name #generics() -> #returned #where_clause {
            #cache
        }
    };
    item(function, plan, &doc, &rest)
}

/// A function that cannot be called, and whose use says why it is not there. A bound over a lifetime is assumed here
/// and checked where the companion is called.
fn emit_no_cache(function: &Function, plan: &Plan, layer: &Layer, reason: NoCache) -> TokenStream {
    let runtime = &plan.runtime;
    let name = idents::companion(function.name(), layer.resource.as_ref(), "cache");
    let reason = idents::method(match reason {
        NoCache::ImplTrait => "ImplTraitKey",
        NoCache::Foreign => "ForeignCache",
        NoCache::UntypedResource => "UntypedResource",
    });
    let any = Lifetime::new("'__cached", Span::mixed_site());
    let rest = quote! {
        #name() -> <() as #runtime::__private::#reason<'static>>::Cache
        where
            for<#any> (): #runtime::__private::#reason<#any>,
        {
            #runtime::__private::never()
        }
    };
    item(function, plan, &quote!(#[doc(hidden)]), &rest)
}

/// ```text
/// fn script_key(user: &str, id: u32) -> (String, u32) { own((user, &id)) }
/// ```
fn emit_key(function: &Function, plan: &Plan, layer: &Layer) -> TokenStream {
    let Some(companion) = &layer.key_companion else {
        return TokenStream::new();
    };
    let runtime = &plan.runtime;
    let (name, inputs) = (&companion.name, &companion.inputs);
    let (generics, _, where_clause) = companion.generics.split_for_impl();
    let where_clause = assumed_bounds(function, plan, layer, where_clause, false);
    let (owned, key) = if layer.key.is_named() {
        owned_key(plan, layer)
    } else {
        let key = key::borrowed(plan, &layer.key, Span::call_site());
        (
            quote!(#runtime::UnnamedKey),
            quote!(#runtime::UnnamedKey::new(#key)),
        )
    };
    let doc = doc(
        function,
        &format!(
            " The key of these arguments in the cache of [`{0}`]({0}()).",
            function.name().unraw()
        ),
    );
    let rest = quote! {
        #name #generics(#(#inputs),*) -> #owned #where_clause {
            #key
        }
    };
    item(function, plan, &doc, &rest)
}

/// One companion: `rest` begins with its name.
///
/// A function without a visibility may be a method in the implementation of a trait, which takes no other functions. It
/// looks like any other method, so all that can help is the name of a macro, which the compiler shows with its error.
fn item(function: &Function, plan: &Plan, doc: &TokenStream, rest: &TokenStream) -> TokenStream {
    let runtime = &plan.runtime;
    let lints = lints();
    match &function.vis {
        Visibility::Inherited => quote! {
            #runtime::__private::companion_unless_handle_is_false! { [#doc #lints] #rest }
        },
        vis => quote!(#doc #lints #vis fn #rest),
    }
}

/// The type of a key, and the key.
fn owned_key(plan: &Plan, layer: &Layer) -> (TokenStream, TokenStream) {
    let runtime = &plan.runtime;
    let owned = types::key(plan, &layer.key);
    let key = key::unchecked(plan, &layer.key);
    let key = if key::is_known(&layer.key) {
        quote!(#runtime::__private::own(#key))
    } else {
        let whole = asserts::whole(layer);
        let runtime = respanned(runtime, whole);
        quote_spanned!(whole=> #runtime::__private::KeyCheck::<#owned, _>::of(#key).own())
    };
    (owned, key)
}

/// What the wrapper reports must not be reported by the companions as well: they assume it.
///
/// - A type parameter that is a part of the key, or the value, can be one, and so can a type that depends on one.
/// - A type behind a reference can be owned. Without a parameter, a bound over a lifetime is assumed here and checked
///   where the companion is called. What is documented goes without, and closures over the key need its type.
///
/// ```text
/// where T: CacheKey, for<'a> Db: ToOwned<Owned: CacheKey>
/// ```
fn assumed_bounds(
    function: &Function,
    plan: &Plan,
    layer: &Layer,
    where_clause: Option<&WhereClause>,
    returns_value: bool,
) -> TokenStream {
    let runtime = &plan.runtime;
    let parameters = key::types(&layer.key)
        .into_iter()
        .filter(|ty| layer.instances.is_parameter(ty));
    let dependent = key::values(&layer.key)
        .into_iter()
        .filter(|ty| layer.instances.occur_in(ty) && !layer.instances.is_parameter(ty));
    let mut bounds: Vec<TokenStream> = parameters
        .chain(dependent)
        .map(|ty| quote!(#ty: #runtime::CacheKey))
        .collect();
    // The key companion may have no such parameter.
    if let (Some(Value::Plain(ty)), true) = (&layer.value, returns_value)
        && layer.instances.is_parameter(ty)
    {
        bounds.push(quote!(#ty: #runtime::CacheValue));
    }
    let weighed = layer.setters.iter().any(|setter| setter.method == "weigh");
    if !weighed && !matches!(function.vis, Visibility::Public(_)) {
        let any = Lifetime::new("'__cached", Span::mixed_site());
        bounds.extend(key::unverified_types(&layer.key).into_iter().map(|ty| {
            let ty = types::with_static_lifetimes(ty);
            quote!(for<#any> #ty: ::std::borrow::ToOwned<Owned: #runtime::CacheKey>)
        }));
    }
    if bounds.is_empty() {
        return quote!(#where_clause);
    }
    let others = where_clause.iter().flat_map(|clause| &clause.predicates);
    quote!(where #(#others,)* #(#bounds),*)
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
