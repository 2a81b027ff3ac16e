//! Resources: each an async block around one call, all driven side by side, bound in the body.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::{background, layer, shared, tags};
use crate::{
    idents,
    plan::{Plan, Resource},
};

/// The statements that stand before the body.
pub(super) fn emit(plan: &Plan) -> TokenStream {
    match plan.resources.as_slice() {
        [] => TokenStream::new(),
        [only] => emit_one(plan, only),
        several => emit_several(plan, several),
    }
}

/// ```text
/// let url = { let load = pin!(async { EXPR }); SITE.start(…).resolve(load).await }?;
/// ```
fn emit_one(plan: &Plan, resource: &Resource) -> TokenStream {
    let (site, call) = call(plan, resource);
    let Resource {
        name,
        mutable,
        question,
        ..
    } = resource;
    let ty = resource.ty.iter();
    let answer = quote_spanned!(resource.load.span()=> { #call });
    quote! {
        #site
        let #mutable #name #(: #ty)* = #answer #question;
    }
}

/// ```text
/// let (url, key) = {
///     let mut slot_url = pin!(ResourceSlot::fallible(async { … }));
///     let mut slot_key = pin!(ResourceSlot::fallible(async { … }));
///     poll_fn(|cx| join(cx, &mut [slot_url.as_mut(), slot_key.as_mut()])).await;
///     … // the first error in source order, else all values
/// };
/// ```
fn emit_several(plan: &Plan, resources: &[Resource]) -> TokenStream {
    let runtime = &plan.runtime;
    let parts: Vec<(TokenStream, TokenStream)> = resources
        .iter()
        .map(|resource| call(plan, resource))
        .collect();
    let sites = parts.iter().map(|(site, _)| site);
    let laters = resources
        .iter()
        .filter(|resource| is_awaited(plan, resource))
        .map(|resource| {
            let later = later(&resource.name);
            quote!(let #later = #runtime::__private::SharedValue::new();)
        });
    let slots = plan.order.iter().filter_map(|index| {
        let (_, call) = parts.get(*index)?;
        resources
            .get(*index)
            .map(|resource| emit_slot(plan, resource, call))
    });
    let slot_names = resources.iter().map(|resource| slot(&resource.name));
    let cx = idents::local("cx");
    let takes = resources.iter().map(emit_take);
    let names = resources.iter().map(|resource| &resource.name);
    let mutables = resources.iter().map(|resource| &resource.mutable);
    let values: Vec<Ident> = resources
        .iter()
        .map(|resource| value(&resource.name))
        .collect();
    // Used, where another resource is the only one to use it.
    let awaited = resources
        .iter()
        .filter(|resource| is_awaited(plan, resource))
        .map(|resource| &resource.name);
    quote! {
        #(#sites)*
        let (#(#mutables #names),*) = {
            #(#laters)*
            #(#slots)*
            ::core::future::poll_fn(|#cx| {
                #runtime::__private::join(#cx, &mut [#(#slot_names.as_mut()),*])
            }).await;
            #(#takes)*
            match (#(#values),*) {
                (#(::core::option::Option::Some(#values)),*) => (#(#values),*),
                _ => #runtime::__private::never(),
            }
        };
        #(let _ = &#awaited;)*
    }
}

/// `let mut slot_url = pin!(ResourceSlot::fallible(async { … }));`, after the values it waits for.
fn emit_slot(plan: &Plan, resource: &Resource, call: &TokenStream) -> TokenStream {
    let runtime = &plan.runtime;
    let slot = slot(&resource.name);
    let waits = resource.waits_for.iter().map(|name| {
        let later = later(name);
        quote!(let #name = #later.get().await;)
    });
    let make = idents::method(if resource.question.is_some() {
        "fallible"
    } else {
        "new"
    });
    let body = if is_awaited(plan, resource) {
        let (later, answer) = (later(&resource.name), idents::local("answer"));
        let hand_over = idents::method(if resource.question.is_some() {
            "note"
        } else {
            "set"
        });
        quote!(let #answer = { #call }; #later.#hand_over(&#answer); #answer)
    } else {
        call.clone()
    };
    quote! {
        let mut #slot = ::core::pin::pin!(#runtime::__private::ResourceSlot::#make(async { #(#waits)* #body }));
    }
}

/// The value, if it is there; the user's own `?` for an error.
fn emit_take(resource: &Resource) -> TokenStream {
    let (slot, value) = (slot(&resource.name), value(&resource.name));
    let answer = Ident::new(
        "__cached_answer",
        proc_macro2::Span::mixed_site().located_at(resource.load.span()),
    );
    let ty = resource.ty.iter();
    let question = &resource.question;
    quote! {
        let #value #(: ::core::option::Option<#ty>)* = match #slot.as_mut().take() {
            ::core::option::Option::Some(#answer) => ::core::option::Option::Some(#answer #question),
            ::core::option::Option::None => ::core::option::Option::None,
        };
    }
}

/// The static, and the statements that make one call of the resource.
fn call(plan: &Plan, resource: &Resource) -> (TokenStream, TokenStream) {
    let runtime = &plan.runtime;
    let (load, start) = (idents::local("load"), idents::local("start"));
    let expression = &resource.load;
    let background = resource.layer.background.as_ref();
    let returned_by = idents::method(if background.is_some() {
        "returned_by_call_of"
    } else {
        "returned_by"
    });
    let returns = quote!(#runtime::__private::#returned_by(&#load));
    let shape = layer::shape(&returns, &resource.layer);
    // `share_error` uses it once more when the load is gone.
    let returned = idents::local("returned");
    let (returns, shape) = match &resource.layer.share_error {
        Some(_) => (quote!(let #returned = #shape;), quote!(#returned)),
        None => (TokenStream::new(), shape),
    };
    let asserts = layer::asserts(plan, &resource.layer, &shape);
    let (site, started) = layer::started(plan, &resource.layer, &shape);
    let rules = layer::error_rules(plan, &resource.layer, &shape);
    let tagged = tags::tagged(plan, &resource.layer);
    let (made, resolve) = match background {
        None => {
            let body = layer::own_error(&resource.layer, &shape, &quote!(#load));
            let made = quote!(::core::pin::pin!(async { #expression }));
            let method = shared::method(&resource.layer, "resolve");
            (made, quote!(#method(#body)))
        }
        Some(background) => {
            let body = layer::own_error(&resource.layer, &shape, &quote!(#load()));
            let mut method = shared::method(&resource.layer, "resolve_owned");
            method.set_span(method.span().located_at(background.at));
            let owned = background::emit(runtime, background, true);
            let (outside, inside) = (owned.outside, owned.inside);
            let context = resource.layer.context.iter();
            let clone =
                context.map(|name| quote!(let #name = ::core::clone::Clone::clone(&#name);));
            let expression = background::moved(quote!(#expression), background);
            let made = quote!(|| { #outside #(#clone)* async move { #inside #expression } });
            (made, quote!(#method(|| #body)))
        }
    };
    let answered = layer::into_return(
        &resource.layer,
        &shape,
        &quote!(#start #rules #tagged.#resolve.await),
    );
    let context = layer::context(plan, &resource.layer);
    let call = quote! {
        #context
        let #load = #made;
        #returns
        #asserts
        let #start = #started;
        #answered
    };
    (site, call)
}

/// Does another resource need its value?
fn is_awaited(plan: &Plan, resource: &Resource) -> bool {
    plan.resources
        .iter()
        .any(|other| other.waits_for.contains(&resource.name))
}

fn slot(name: &Ident) -> Ident {
    idents::local(&format!("slot_{}", syn::ext::IdentExt::unraw(name)))
}

fn later(name: &Ident) -> Ident {
    idents::local(&format!("later_{}", syn::ext::IdentExt::unraw(name)))
}

fn value(name: &Ident) -> Ident {
    idents::local(&format!("value_{}", syn::ext::IdentExt::unraw(name)))
}
