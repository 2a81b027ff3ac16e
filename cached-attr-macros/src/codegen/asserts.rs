//! Assertions at the user's own tokens, so that a type that does not fit is reported there, once.
//!
//! Everything else of the expansion then uses a placeholder for that type (`KeyPartCheck`, `storable`) and causes no
//! further error.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Expr, Type, spanned::Spanned as _};

use super::{key, respan::respanned, types};
use crate::plan::{Key, KeyPartKind, Layer, Part, Plan, TypeCheck, Value};

/// Where the compiler reports what an expression as a whole lacks, which is only ever a type parameter that is not
/// `'static`: no placeholder can stand in for that, but what is reported twice at one place is shown once.
pub(super) fn whole(layer: &Layer) -> Span {
    whole_or(layer, Span::call_site())
}

/// The same, or there where nothing is generic.
pub(super) fn whole_or(layer: &Layer, otherwise: Span) -> Span {
    layer
        .generic
        .map_or(otherwise, |at| Span::mixed_site().located_at(at))
}

/// `assert_error_ttl(&shape);`, at the option that needs it.
pub(super) fn of_options(plan: &Plan, layer: &Layer, shape: &TokenStream) -> TokenStream {
    let runtime = &plan.runtime;
    let ask = |check: &TypeCheck| match check {
        TypeCheck::ErrorTtl(at) => respanned(
            &quote!(#runtime::__private::assert_error_ttl(&#shape);),
            *at,
        ),
        TypeCheck::StaleIfError(at) => {
            respanned(&quote!(#runtime::__private::assert_fails(&#shape);), *at)
        }
        TypeCheck::ShareError(at) => respanned(
            &quote!(#runtime::__private::assert_shares_errors(&#shape);),
            *at,
        ),
        TypeCheck::Timeout(at) => respanned(
            &quote!(#runtime::__private::assert_times_out(&#shape);),
            *at,
        ),
    };
    layer.type_checks.iter().map(ask).collect()
}

/// `assert_key::<UserId>();`, at the argument's type, for each that is not known to fit.
pub(super) fn of_key(plan: &Plan, layer: &Layer) -> TokenStream {
    let Key::Parts(parts) = &layer.key else {
        return TokenStream::new();
    };
    let mut tokens = TokenStream::new();
    for part in parts {
        match part {
            Part::Argument(name, kind) if !kind.is_known() => {
                of_part(plan, layer, name, kind, &mut tokens);
            }
            Part::Expression(expr, None) => tokens.extend(of_expression(plan, expr)),
            _ => {}
        }
    }
    tokens
}

/// Not run: the key evaluates the expression.
fn of_expression(plan: &Plan, expr: &Expr) -> TokenStream {
    let runtime = &plan.runtime;
    let part = key::expression(plan, expr);
    let assert = respanned(
        &quote!(#runtime::__private::assert_part(#part)),
        expr.span(),
    );
    quote!(if false { #assert; })
}

fn of_part(plan: &Plan, layer: &Layer, name: &Ident, kind: &KeyPartKind, into: &mut TokenStream) {
    let runtime = &plan.runtime;
    match kind {
        KeyPartKind::Text => {}
        KeyPartKind::Borrowed(Type::Slice(slice)) => of_type(plan, layer, &slice.elem, into),
        // For a type parameter the compiler offers the bound as it stands here: let it be a public one.
        KeyPartKind::Borrowed(ty) if layer.instances.is_parameter(ty) => {
            of_type(plan, layer, ty, into);
        }
        KeyPartKind::Borrowed(ty) => {
            let runtime = respanned(runtime, whole(layer));
            let ty = types::with_elided_lifetimes(ty);
            let assert = quote_spanned!(ty.span()=> #runtime::__private::assert_borrowed::<#ty>);
            into.extend(called(layer, &assert));
        }
        KeyPartKind::Value(ty) => of_type(plan, layer, ty, into),
        KeyPartKind::Through(inner) | KeyPartKind::Optional(inner) | KeyPartKind::Each(inner) => {
            of_part(plan, layer, name, inner, into);
        }
        KeyPartKind::Tuple(parts) => parts
            .iter()
            .for_each(|part| of_part(plan, layer, name, part, into)),
        KeyPartKind::Inferred(by_reference) => {
            let and = (!by_reference).then(|| quote!(&));
            into.extend(respanned(
                &quote!(#runtime::__private::assert_key_of(#and #name);),
                name.span(),
            ));
        }
    }
}

fn of_type(plan: &Plan, layer: &Layer, ty: &Type, into: &mut TokenStream) {
    let runtime = respanned(&plan.runtime, whole(layer));
    let ty = types::with_elided_lifetimes(ty);
    let assert = quote_spanned!(ty.span()=> #runtime::__private::assert_key::<#ty>);
    into.extend(called(layer, &assert));
}

/// `(assert)();`: the parentheses take the place of the whole.
fn called(layer: &Layer, assert: &TokenStream) -> TokenStream {
    if layer.generic.is_some() {
        quote_spanned!(whole(layer)=> (#assert)();)
    } else {
        quote!(#assert();)
    }
}

/// Key and value once more in the companion of a generic function, which has fewer bounds: what they lack is reported too.
pub(super) fn of_types(plan: &Plan, layer: &Layer) -> TokenStream {
    let runtime = &plan.runtime;
    if layer.instances.parameters.is_empty() {
        return TokenStream::new();
    }
    let mut tokens = if layer.key.is_named() {
        of_key(plan, layer)
    } else {
        TokenStream::new()
    };
    if let Some(value) = &layer.value
        && !value.is_known()
        && !matches!(value, Value::Opaque(_))
    {
        // As the wrapper says it, so that the compiler reports it once.
        let value = types::value(plan, value);
        let checked = storable(plan, layer, &quote!(#runtime::__private::plain::<#value>()));
        tokens.extend(quote!(let _ = #checked;));
    }
    tokens
}

/// `storable(SHAPE)`
fn storable(plan: &Plan, layer: &Layer, shape: &TokenStream) -> TokenStream {
    let runtime = &plan.runtime;
    let storable = respanned(&quote!(#runtime::__private::storable), layer.answer);
    let shape = respanned(shape, layer.answer);
    if layer.generic.is_some() {
        quote_spanned!(whole(layer)=> (#storable)(#shape))
    } else {
        respanned(&quote!(#storable(#shape)), layer.answer)
    }
}

/// The return type that calls use: checked, at the answer's type, for a value that can be stored; a placeholder where
/// it cannot.
pub(super) fn fitting(plan: &Plan, layer: &Layer, shape: &TokenStream) -> TokenStream {
    match &layer.value {
        Some(value) if value.is_known() => shape.clone(),
        _ => {
            let checked = storable(plan, layer, shape);
            let at = whole_or(layer, Span::call_site().located_at(layer.answer));
            quote_spanned!(at=> #checked.shape())
        }
    }
}
