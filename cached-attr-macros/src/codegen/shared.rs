//! `shared`: the text of a key, and what has to hold for key and value.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;
use syn::spanned::Spanned as _;

use super::{key, respan::respanned, time};
use crate::{
    idents,
    plan::{Key, KeyPartKind, Layer, Part, Plan, Sharing},
};

/// Tuples of more parts are nested: see `key::tuple`.
const MOST_PARTS: usize = 12;

/// `policy.ttl(…)` → `Shareable::of(policy.ttl(…)).cached_shared(|key| key_text(&[…])).local_ttl(…)`
pub(super) fn builder(plan: &Plan, layer: &Layer, builder: TokenStream) -> TokenStream {
    let Some(sharing) = &layer.sharing else {
        return builder;
    };
    let runtime = &plan.runtime;
    let text = key_text(plan, layer);
    let local_ttl = local_ttl(sharing);
    quote!(#runtime::__private::Shareable::of(#builder).cached_shared(#text) #local_ttl)
}

fn local_ttl(sharing: &Sharing) -> TokenStream {
    let time = sharing.local_ttl.iter().map(time::emit);
    quote!(#(.local_ttl(#time))*)
}

/// `|key| key_text(&[SharedPart::of(&key.0).cached_text(), …])`
fn key_text(plan: &Plan, layer: &Layer) -> TokenStream {
    let runtime = &plan.runtime;
    let owned = idents::local("key");
    let Key::Parts(parts) = &layer.key else {
        return quote!(|#owned| ::std::string::String::clone(#owned));
    };
    // What an unnamed key derefs to is the key.
    let deref = (!layer.key.is_named()).then(|| quote!(let #owned = &**#owned;));
    let places = places(&owned, parts.len());
    let texts =
        places.map(|place| quote!(#runtime::__private::SharedPart::of(&#place).cached_text()));
    quote!(|#owned| { #deref #runtime::__private::key_text(&[#(#texts),*]) })
}

/// Where each part of a key is.
fn places(key: &Ident, parts: usize) -> impl Iterator<Item = TokenStream> {
    (0..parts).map(move |part| {
        if parts == 1 {
            return quote!(*#key);
        }
        let mut place = quote!(#key);
        let (mut part, mut left) = (part, parts);
        while left > MOST_PARTS && part >= MOST_PARTS - 1 {
            let rest = Literal::usize_unsuffixed(MOST_PARTS - 1);
            place = quote!(#place.#rest);
            part -= MOST_PARTS - 1;
            left -= MOST_PARTS - 1;
            if left == 1 {
                return place;
            }
        }
        let index = Literal::usize_unsuffixed(part);
        quote!(#place.#index)
    })
}

/// `.load(…)` or, for a `shared` function, `.load_shared(…)`.
pub(super) fn method(layer: &Layer, name: &str) -> Ident {
    if layer.sharing.is_some() {
        idents::method(&format!("{name}_shared"))
    } else {
        idents::method(name)
    }
}

/// `assert_shared_value(&shape); assert_shared_part::<UserId>();`, each where it is at fault.
pub(super) fn asserts(plan: &Plan, layer: &Layer, shape: &TokenStream) -> TokenStream {
    let mut tokens = assert_value(plan, layer, "assert_shared_value", shape);
    tokens.extend(assert_key(plan, layer));
    tokens
}

/// The assertion on what is stored, which has this name.
pub(super) fn assert_value(
    plan: &Plan,
    layer: &Layer,
    assertion: &str,
    shape: &TokenStream,
) -> TokenStream {
    if layer.sharing.is_none() {
        return TokenStream::new();
    }
    let runtime = &plan.runtime;
    let assertion = idents::method(assertion);
    respanned(
        &quote!(#runtime::__private::#assertion(&#shape);),
        layer.answer,
    )
}

/// The assertions on the key.
pub(super) fn assert_key(plan: &Plan, layer: &Layer) -> TokenStream {
    let mut tokens = TokenStream::new();
    if let (Some(_), Key::Parts(parts)) = (&layer.sharing, &layer.key) {
        for part in parts {
            tokens.extend(of_part(plan, part));
        }
    }
    tokens
}

fn of_part(plan: &Plan, part: &Part) -> TokenStream {
    let runtime = &plan.runtime;
    match part {
        Part::Argument(name, kind) => of_kind(plan, name, kind),
        Part::Expression(expr, _) => {
            let part = key::expression(plan, expr);
            let assert = respanned(
                &quote!(#runtime::__private::assert_shared_part_of(#part)),
                expr.span(),
            );
            // Not run: the key evaluates the expression.
            quote!(if false { #assert; })
        }
    }
}

fn of_kind(plan: &Plan, name: &Ident, kind: &KeyPartKind) -> TokenStream {
    let runtime = &plan.runtime;
    match kind {
        KeyPartKind::Borrowed(ty) | KeyPartKind::Value(ty) => {
            let ty = super::types::with_elided_lifetimes(ty);
            let assert = quote!(#runtime::__private::assert_shared_part::<#ty>(););
            respanned(&assert, ty.span())
        }
        KeyPartKind::Through(inner) => of_kind(plan, name, inner),
        KeyPartKind::Inferred(by_reference) => {
            let and = (!by_reference).then(|| quote!(&));
            let assert = quote!(#runtime::__private::assert_shared_part_of(#and #name););
            respanned(&assert, name.span())
        }
        // A text has one; the others are refused before.
        KeyPartKind::Text
        | KeyPartKind::Optional(_)
        | KeyPartKind::Tuple(_)
        | KeyPartKind::Each(_) => TokenStream::new(),
    }
}
