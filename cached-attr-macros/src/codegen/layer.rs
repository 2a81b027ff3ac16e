//! One cache in front of one load.

use proc_macro2::{Literal, TokenStream};
use quote::{quote, quote_spanned};
use syn::{GenericParam, ReturnType, spanned::Spanned as _};

use super::{asserts, background, key, settings, shared, tags, time};
use crate::{
    idents,
    item::Function,
    plan::{DeclaredTtl, Env, Layer, Mode, Plan, Site, Source, Title, TypeCheck},
};

/// ```text
/// let start = SITE.start(MARKER, KEY, RETURN_TYPE, MODE, SETTINGS);
/// match start { Hit(answer) => answer, Miss(miss) => miss.load(LOAD).await }
/// ```
pub(super) fn emit(
    function: &Function,
    plan: &Plan,
    layer: &Layer,
    load: &TokenStream,
) -> TokenStream {
    let runtime = &plan.runtime;
    let (start, answer, mut miss) = (
        idents::local("start"),
        idents::local("answer"),
        idents::local("miss"),
    );
    let whole = asserts::whole(layer);
    miss.set_span(miss.span().located_at(whole));
    let shape = shape_of(function, plan, layer);
    let asserts = asserts(plan, layer, &shape);
    let (before, started) = started(plan, layer, &shape);
    let rules = error_rules(plan, layer, &shape);
    let tagged = tags::tagged(plan, layer);
    let load = own_error(layer, &shape, load);
    let load = match &layer.background {
        None => {
            let method = shared::method(layer, "load");
            quote_spanned!(whole=> #method(#load).await)
        }
        Some(background) => {
            let outside = background::emit(runtime, background, false).outside;
            let mut method = shared::method(layer, "load_owned");
            // With the context of the expansion, as other places have where the compiler may find the same fault: its note
            // about the macro then does not depend on which it finds first.
            method.set_span(method.span().located_at(background.at));
            quote_spanned!(whole=> #method(move || { #outside #load }).await)
        }
    };
    let answered = into_return(
        layer,
        &shape,
        &quote! {
            match #start {
                #runtime::__private::Start::Hit(#answer) => #answer,
                #runtime::__private::Start::Miss(#miss) => #miss #rules #tagged.#load,
            }
        },
    );
    let context = context(plan, layer);
    quote! {
        #before
        #context
        #asserts
        let #start = #started;
        #answered
    }
}

/// `let load = LoadContext::new();`
pub(super) fn context(plan: &Plan, layer: &Layer) -> TokenStream {
    let runtime = &plan.runtime;
    let name = layer.context.iter();
    quote!(#(let #name = #runtime::LoadContext::new();)*)
}

/// The value that knows what of the function's return type is stored and how its errors are shared.
pub(super) fn shape_of(function: &Function, plan: &Plan, layer: &Layer) -> TokenStream {
    let runtime = &plan.runtime;
    let ret = match function.answer() {
        ReturnType::Default => quote!(()),
        ReturnType::Type(_, ty) => quote!(#ty),
    };
    if layer.never_fails {
        quote!(#runtime::__private::plain::<#ret>())
    } else {
        shape(&quote!(#runtime::__private::Returns::<#ret>::NEW), layer)
    }
}

/// `Returns::<R>::NEW` → the value that knows what of `R` is stored and how its errors are shared.
pub(super) fn shape(returns: &TokenStream, layer: &Layer) -> TokenStream {
    let shared_by = layer
        .share_error
        .is_some()
        .then(|| quote!(.cached_shared_by()));
    quote!(#returns.cached_kind() #shared_by.cached_shape())
}

/// With `share_error`: the load's error as its own, beside those of others.
pub(super) fn own_error(layer: &Layer, shape: &TokenStream, load: &TokenStream) -> TokenStream {
    if layer.share_error.is_some() {
        quote!(#shape.own_error(#load))
    } else {
        load.clone()
    }
}

/// With `share_error`: the closure makes the function's error of another call's.
pub(super) fn into_return(layer: &Layer, shape: &TokenStream, answer: &TokenStream) -> TokenStream {
    match &layer.share_error {
        None => answer.clone(),
        Some(closure) => quote!(#shape.into_return(#answer, #closure)),
    }
}

/// What has to hold for this layer, asserted at the user's tokens.
pub(super) fn asserts(plan: &Plan, layer: &Layer, shape: &TokenStream) -> TokenStream {
    let mut tokens = skipped(layer);
    tokens.extend(asserts::of_options(plan, layer, shape));
    tokens.extend(asserts::of_key(plan, layer));
    tokens.extend(shared::asserts(plan, layer, shape));
    tokens
}

/// `if false { let _ = &db; }`: what an editor follows from a name in `skip(db)` to the argument.
pub(super) fn skipped(layer: &Layer) -> TokenStream {
    let names = &layer.skipped;
    if names.is_empty() {
        return TokenStream::new();
    }
    quote!(if false { #(let _ = &#names;)* })
}

/// `.judging(|err| …).timing_out(TimeoutCheck::of(SHAPE).conversion())`
pub(super) fn error_rules(plan: &Plan, layer: &Layer, shape: &TokenStream) -> TokenStream {
    let runtime = &plan.runtime;
    let mut rules = judging(layer);
    let is_timeout = |check: &TypeCheck| matches!(check, TypeCheck::Timeout(_));
    if layer.type_checks.iter().any(is_timeout) {
        let shape = asserts::fitting(plan, layer, shape);
        rules.extend(
            quote!(.timing_out(#runtime::__private::TimeoutCheck::of(#shape).conversion())),
        );
    }
    rules
}

fn judging(layer: &Layer) -> TokenStream {
    match &layer.stale_if_error_when {
        None => TokenStream::new(),
        Some(when) if layer.share_error.is_some() => {
            let error = idents::local("error");
            quote!(.judging(|#error| #error.judge(#when)))
        }
        Some(when) => quote!(.judging(#when)),
    }
}

/// What declares the cache, and the expression that looks the key up in it.
pub(super) fn started(
    plan: &Plan,
    layer: &Layer,
    shape: &TokenStream,
) -> (TokenStream, TokenStream) {
    let key = key::of_call(plan, layer);
    let shape = asserts::fitting(plan, layer, shape);
    let mode = mode(plan, &layer.mode);
    let whole = asserts::whole(layer);
    let mut site = layer.site.ident.clone();
    site.set_span(site.span().located_at(whole));
    let (marker, settings) = (here(plan, layer), settings::emit(plan, layer));
    let started = match &layer.source {
        Source::Given(cache) => {
            let runtime = &plan.runtime;
            let local = idents::local("key");
            // A cache of another type is at fault where it is named.
            let reference = quote_spanned!(cache.span()=> &);
            quote_spanned! {whole=>
                match #key {
                    #local => #site.start_under(
                        #marker, #runtime::__private::cache_type(&#local, &#shape).check(#reference #cache), #local, #shape, #mode,
                        #settings
                    ),
                }
            }
        }
        Source::Inside => {
            quote_spanned!(whole=> #site.start(#marker, #key, #shape, #mode, #settings))
        }
    };
    let context = layer.context.iter();
    let started = quote!(#started #(.in_context(&#context))*);
    (self::site(plan, &layer.site), started)
}

/// `Mode::new().bypass(…)`
pub(super) fn mode(plan: &Plan, mode: &Mode) -> TokenStream {
    let runtime = &plan.runtime;
    let bypass = mode.bypass.iter();
    let refresh = mode.refresh.iter();
    quote!(#runtime::__private::Mode::new() #(.bypass(#bypass))* #(.refresh(#refresh))*)
}

/// The static, and its place in the list of all caches.
pub(super) fn site(plan: &Plan, site: &Site) -> TokenStream {
    let runtime = &plan.runtime;
    let Site {
        ident,
        title,
        ttl,
        env,
        id,
        shared,
    } = site;
    let title = match title {
        Title::Here(function) => {
            quote!(::core::concat!(::core::module_path!(), "::", #function))
        }
        Title::Given(name) => quote!(#name),
    };
    let ttl = match ttl {
        DeclaredTtl::Exact(ttl) => {
            let nanos = Literal::u64_unsuffixed(time::nanos(*ttl));
            quote!(Fixed(#nanos))
        }
        DeclaredTtl::Never => quote!(Never),
        DeclaredTtl::Computed => quote!(Computed),
    };
    let env = match env {
        Env::Unset => quote!(None),
        Env::Variable(name) => quote!(Some(#name)),
    };
    let id = Literal::u64_unsuffixed(*id);
    let shared = shared.then(|| quote!(, shared));
    quote! {
        #runtime::__private::site!(
            #ident, #title, #runtime::__private::DeclaredTtl::#ttl, ::core::option::Option::#env, id = #id #shared
        );
    }
}

/// `site_at(module_path!(), 0x1234)`: the same, for a companion.
pub(super) fn site_at(plan: &Plan, layer: &Layer) -> TokenStream {
    let runtime = &plan.runtime;
    let id = Literal::u64_unsuffixed(layer.site.id);
    quote!(#runtime::__private::site_at(::core::module_path!(), #id))
}

/// `marker::<(PhantomData<Self>, PhantomData<T>)>()`: what distinguishes the caches of one function.
pub(super) fn marker(plan: &Plan, layer: &Layer) -> TokenStream {
    let runtime = &plan.runtime;
    let own = layer
        .instances
        .self_type
        .then(|| quote!(::core::marker::PhantomData<Self>));
    let parameters = layer.instances.parameters.iter().map(|param| match param {
        GenericParam::Const(param) => {
            let name = &param.ident;
            if let Some(constant) = idents::constant(&param.ty) {
                quote!(#runtime::__private::#constant<#name>)
            } else {
                quote!([(); #name])
            }
        }
        GenericParam::Type(param) => {
            let name = &param.ident;
            quote!(::core::marker::PhantomData<#name>)
        }
        GenericParam::Lifetime(_) => quote!(()),
    });
    let parts: Vec<TokenStream> = own.into_iter().chain(parameters).collect();
    match parts.as_slice() {
        [only] => quote!(#runtime::__private::marker::<#only>()),
        several => quote!(#runtime::__private::marker::<(#(#several),*)>()),
    }
}

/// The marker where the function itself is. A function without `self` may stand in a generic impl whose parameters
/// the attribute cannot see: the type of a closure names them. It names the function's own as well, so it cannot
/// serve where one of those must not matter.
pub(super) fn here(plan: &Plan, layer: &Layer) -> TokenStream {
    let marker = marker(plan, layer);
    if layer.instances.self_type || !layer.instances.all {
        marker
    } else {
        quote!(#marker.here())
    }
}
