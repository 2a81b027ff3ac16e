//! One cache in front of one load.

use proc_macro2::{Literal, TokenStream};
use quote::{quote, quote_spanned};
use syn::{GenericParam, ReturnType};

use super::{key, policy};
use crate::{
    item::Function,
    names,
    plan::{DeclaredTtl, Env, Fit, Layer, Mode, Plan, Site, Source, Title},
};

/// ```text
/// let start = CACHE.start(KEY, shape!(R), MODE);
/// match start { Hit(answer) => answer, Miss(miss) => miss.load(LOAD).await }
/// ```
pub(super) fn emit(
    function: &Function,
    plan: &Plan,
    layer: &Layer,
    load: &TokenStream,
) -> TokenStream {
    let runtime = &plan.runtime;
    let (start, answer, miss) = (
        names::local("start"),
        names::local("answer"),
        names::local("miss"),
    );
    let ret = match function.answer() {
        ReturnType::Default => quote!(()),
        ReturnType::Type(_, ty) => quote!(#ty),
    };
    let shape = quote!(#runtime::__private::shape!(#ret));
    let fits = fits(plan, layer, &shape);
    let (before, started) = started(plan, layer, &shape);
    let judging = judging(layer);
    quote! {
        #before
        #fits
        let #start = #started;
        match #start {
            #runtime::__private::Start::Hit(#answer) => #answer,
            #runtime::__private::Start::Miss(#miss) => #miss #judging.load(#load).await,
        }
    }
}

/// `assert_error_ttl(&shape!(R));`, at the option that asks.
pub(super) fn fits(plan: &Plan, layer: &Layer, shape: &TokenStream) -> TokenStream {
    let runtime = &plan.runtime;
    let ask = |fit: &Fit| match fit {
        Fit::ErrorTtl(at) => quote_spanned!(*at=> #runtime::__private::assert_error_ttl(&#shape);),
        Fit::StaleIfError(at) => quote_spanned!(*at=> #runtime::__private::assert_fails(&#shape);),
    };
    layer.fits.iter().map(ask).collect()
}

/// `.judging(|err| …)`
pub(super) fn judging(layer: &Layer) -> TokenStream {
    match &layer.stale_if_error_when {
        None => TokenStream::new(),
        Some(when) => quote!(.judging(#when)),
    }
}

/// What declares the cache, and the expression that looks the key up in it.
pub(super) fn started(
    plan: &Plan,
    layer: &Layer,
    shape: &TokenStream,
) -> (TokenStream, TokenStream) {
    let key = key::borrowed(plan, &layer.key);
    let mode = mode(plan, &layer.mode);
    let site = &layer.site.ident;
    match (&layer.source, &layer.cache_companion) {
        (Source::Companion, Some(companion)) => {
            let name = &companion.name;
            let parameters = layer.instances.parameters.iter().map(argument);
            (
                TokenStream::new(),
                quote!(Self::#name::<#(#parameters),*>().start(#key, #shape, #mode)),
            )
        }
        (Source::Given(cache), _) => {
            let (marker, rules) = (here(plan, layer), policy::emit(plan, layer));
            (
                self::site(plan, &layer.site),
                quote!(#site.start_under(#marker, &#cache, #key, #shape, #mode, #rules)),
            )
        }
        (Source::Inside | Source::Companion, _) => {
            let (marker, rules) = (here(plan, layer), policy::emit(plan, layer));
            (
                self::site(plan, &layer.site),
                quote!(#site.start(#marker, #key, #shape, #mode, #rules)),
            )
        }
    }
}

/// `<T, const N: usize>` → `T, N`
fn argument(param: &GenericParam) -> TokenStream {
    match param {
        GenericParam::Lifetime(param) => {
            let lifetime = &param.lifetime;
            quote!(#lifetime)
        }
        GenericParam::Type(param) => {
            let name = &param.ident;
            quote!(#name)
        }
        GenericParam::Const(param) => {
            let name = &param.ident;
            quote!({ #name })
        }
    }
}

/// `Mode::new().bypass(…)`
fn mode(plan: &Plan, mode: &Mode) -> TokenStream {
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
    } = site;
    let title = match title {
        Title::Here(function) => quote!(#function),
        Title::Given(name) => quote!(name = #name),
    };
    let ttl = match ttl {
        DeclaredTtl::Exact(ttl) => {
            let millis = policy::millis(*ttl);
            quote!(Fixed(#millis))
        }
        DeclaredTtl::Never => quote!(Never),
        DeclaredTtl::Computed => quote!(Computed),
    };
    let env = match env {
        Env::Unset => quote!(None),
        Env::Variable(name) => quote!(Some(#name)),
    };
    let id = Literal::u64_unsuffixed(*id);
    quote!(#runtime::__private::site!(#ident, #title, ttl = #ttl, env = #env, id = #id);)
}

/// `marker::<(PhantomData<Self>, PhantomData<T>)>()`: what tells the caches of one function apart.
pub(super) fn marker(plan: &Plan, layer: &Layer) -> TokenStream {
    let runtime = &plan.runtime;
    let own = layer
        .instances
        .self_type
        .then(|| quote!(::core::marker::PhantomData<Self>));
    let parameters = layer.instances.parameters.iter().map(|param| match param {
        GenericParam::Const(param) => {
            let name = &param.ident;
            if let Some(constant) = names::constant(&param.ty) {
                quote!(#runtime::__private::#constant<#name>)
            } else {
                quote!([(); #name])
            }
        }
        other => {
            let name = argument(other);
            quote!(::core::marker::PhantomData<#name>)
        }
    });
    let parts: Vec<TokenStream> = own.into_iter().chain(parameters).collect();
    match parts.as_slice() {
        [only] => quote!(#runtime::__private::marker::<#only>()),
        several => quote!(#runtime::__private::marker::<(#(#several),*)>()),
    }
}

/// The marker where the function itself is. A function without `self` may stand in a generic impl whose parameters
/// the attribute cannot see: the type of a closure knows them. It knows the function's own as well, so it cannot
/// serve where one of those must not matter.
fn here(plan: &Plan, layer: &Layer) -> TokenStream {
    let marker = marker(plan, layer);
    if layer.instances.self_type || !layer.instances.all {
        marker
    } else {
        quote!(#marker.here(&|| ()))
    }
}
