//! `K` and `V` as types. They outlive every call, so each lifetime in them is `'static`.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Lifetime, Type, TypeReference, spanned::Spanned as _, visit_mut::VisitMut};

use super::respan::respanned;
use crate::plan::{Key, KeyPartKind, Part, Plan, Value, owns_itself};

/// What is owned of the key.
pub(super) fn key(plan: &Plan, key: &Key) -> TokenStream {
    match key {
        Key::Constant(_) | Key::Text(_) => quote!(::std::string::String),
        Key::Parts(parts) => super::key::tuple(parts.iter().map(|part| match part {
            Part::Argument(_, kind) => owned(plan, kind),
            Part::Expression(_, Some(ty)) => quote!(#ty),
            Part::Expression(_, None) => quote!(_),
        })),
    }
}

fn owned(plan: &Plan, shape: &KeyPartKind) -> TokenStream {
    let runtime = &plan.runtime;
    match shape {
        KeyPartKind::Text => quote!(::std::string::String),
        KeyPartKind::Borrowed(ty) if owns_itself(ty) => quote!(#ty),
        KeyPartKind::Borrowed(Type::Slice(slice)) => {
            let each = with_static_lifetimes(&slice.elem);
            quote!(::std::vec::Vec<#each>)
        }
        KeyPartKind::Borrowed(ty) => {
            let ty = with_static_lifetimes(ty);
            let runtime = respanned(runtime, ty.span());
            quote_spanned!(ty.span()=> #runtime::__private::Owned<#ty>)
        }
        KeyPartKind::Value(ty) => {
            let ty = with_static_lifetimes(ty);
            quote!(#ty)
        }
        KeyPartKind::Through(inner) => owned(plan, inner),
        KeyPartKind::Optional(inner) => {
            let inner = owned(plan, inner);
            quote!(::core::option::Option<#inner>)
        }
        KeyPartKind::Tuple(parts) => {
            let parts = parts.iter().map(|part| owned(plan, part));
            quote!((#(#parts),*))
        }
        KeyPartKind::Each(each) => {
            let each = owned(plan, each);
            quote!(::std::vec::Vec<#each>)
        }
        KeyPartKind::Inferred(_) => quote!(_),
    }
}

/// What is stored.
pub(super) fn value(plan: &Plan, value: &Value) -> TokenStream {
    let runtime = &plan.runtime;
    match value {
        Value::Plain(ty) => {
            let ty = with_static_lifetimes(ty);
            quote!(#ty)
        }
        Value::ByType(ty) => {
            let ty = with_static_lifetimes(ty);
            let runtime = respanned(runtime, ty.span());
            quote_spanned!(ty.span()=> #runtime::__private::value!(#ty))
        }
        Value::OkOf(ty) => {
            let ty = with_static_lifetimes(ty);
            let runtime = respanned(runtime, ty.span());
            quote_spanned!(ty.span()=> <#ty as #runtime::__private::Fallible>::Ok)
        }
        Value::Opaque(_) | Value::Inferred(_) => quote!(impl #runtime::CacheValue),
    }
}

/// A type as a `let` inside a function writes it: every lifetime is inferred.
pub(super) fn with_elided_lifetimes(ty: &Type) -> Type {
    struct Elided;
    impl VisitMut for Elided {
        fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
            if lifetime.ident != "static" {
                *lifetime = Lifetime::new("'_", lifetime.span());
            }
        }
        fn visit_type_fn_ptr_mut(&mut self, _: &mut syn::TypeFnPtr) {}
    }
    let mut ty = ty.clone();
    Elided.visit_type_mut(&mut ty);
    ty
}

/// `Foo<'a, '_>` → `Foo<'static, 'static>`
pub(super) fn with_static_lifetimes(ty: &Type) -> Type {
    struct Static;
    impl VisitMut for Static {
        fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
            *lifetime = Lifetime::new("'static", lifetime.span());
        }
        fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
            reference
                .lifetime
                .get_or_insert_with(|| Lifetime::new("'static", Span::mixed_site()));
            syn::visit_mut::visit_type_reference_mut(self, reference);
        }
        // `for<'a> fn(&'a T)` has lifetimes of its own.
        fn visit_type_fn_ptr_mut(&mut self, _: &mut syn::TypeFnPtr) {}
        fn visit_trait_bound_mut(&mut self, bound: &mut syn::TraitBound) {
            if bound.lifetimes.is_none() {
                syn::visit_mut::visit_trait_bound_mut(self, bound);
            }
        }
    }
    let mut ty = ty.clone();
    Static.visit_type_mut(&mut ty);
    ty
}
