//! The key of a call, looked up by reference and owned when it is stored.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Expr, ExprReference, Member, Path, Token, Type};

use super::{asserts, respan::respanned};
use crate::{
    idents,
    plan::{Key, KeyPartKind, Layer, Part, Plan, Source, TextPiece, TextTemplate},
};

/// Is it certain that every part can be in a key?
pub(super) fn is_known(key: &Key) -> bool {
    let Key::Parts(parts) = key else { return true };
    parts.iter().all(|part| match part {
        Part::Argument(_, kind) => kind.is_known(),
        Part::Expression(_, ty) => ty.is_some(),
    })
}

/// The same, whether it can be a key or not.
pub(super) fn unchecked(plan: &Plan, key: &Key) -> TokenStream {
    match key {
        Key::Parts(parts) => tuple(parts.iter().map(|part| match part {
            Part::Argument(name, kind) => lookup(plan, &quote!(#name), kind),
            Part::Expression(..) => emit_part(plan, part, Span::call_site()),
        })),
        other => borrowed(plan, other, Span::call_site()),
    }
}

/// The types behind references for which only the compiler can decide whether they can be owned.
pub(super) fn unverified_types(key: &Key) -> Vec<&Type> {
    arguments(key).flat_map(behind).collect()
}

/// The types of the arguments in a key, without references.
pub(super) fn types(key: &Key) -> Vec<&Type> {
    fn of(kind: &KeyPartKind) -> Vec<&Type> {
        match kind {
            KeyPartKind::Borrowed(Type::Slice(slice)) => vec![&slice.elem],
            KeyPartKind::Borrowed(ty) | KeyPartKind::Value(ty) => vec![ty],
            KeyPartKind::Through(inner)
            | KeyPartKind::Optional(inner)
            | KeyPartKind::Each(inner) => of(inner),
            KeyPartKind::Tuple(parts) => parts.iter().flat_map(of).collect(),
            KeyPartKind::Text | KeyPartKind::Inferred(_) => Vec::new(),
        }
    }
    arguments(key).flat_map(of).collect()
}

/// The types of the arguments that are kept as they are.
pub(super) fn values(key: &Key) -> Vec<&Type> {
    fn of(kind: &KeyPartKind) -> Vec<&Type> {
        match kind {
            KeyPartKind::Value(ty) => vec![ty],
            KeyPartKind::Through(inner)
            | KeyPartKind::Optional(inner)
            | KeyPartKind::Each(inner) => of(inner),
            KeyPartKind::Tuple(parts) => parts.iter().flat_map(of).collect(),
            KeyPartKind::Borrowed(_) | KeyPartKind::Text | KeyPartKind::Inferred(_) => Vec::new(),
        }
    }
    arguments(key).flat_map(of).collect()
}

fn arguments(key: &Key) -> impl Iterator<Item = &KeyPartKind> {
    let parts = match key {
        Key::Parts(parts) => parts.as_slice(),
        Key::Constant(_) | Key::Text(_) => &[],
    };
    parts.iter().filter_map(|part| match part {
        Part::Argument(_, kind) => Some(kind),
        Part::Expression(..) => None,
    })
}

fn behind(kind: &KeyPartKind) -> Vec<&Type> {
    match kind {
        KeyPartKind::Borrowed(Type::Slice(_)) => Vec::new(),
        KeyPartKind::Borrowed(ty) if !kind.is_known() => vec![ty],
        KeyPartKind::Through(inner) | KeyPartKind::Optional(inner) | KeyPartKind::Each(inner) => {
            behind(inner)
        }
        KeyPartKind::Tuple(parts) => parts.iter().flat_map(behind).collect(),
        _ => Vec::new(),
    }
}

/// Tuples of more parts are neither `Hash` nor `Eq`.
const MOST_PARTS: usize = 12;

/// One is itself; of more than twelve, the last ones are a tuple in the tuple.
pub(super) fn tuple(parts: impl Iterator<Item = TokenStream>) -> TokenStream {
    let parts: Vec<TokenStream> = parts.collect();
    nested(&parts)
}

fn nested(parts: &[TokenStream]) -> TokenStream {
    match parts {
        [only] => quote!(#only),
        parts if parts.len() <= MOST_PARTS => quote!((#(#parts),*)),
        parts => {
            let (first, rest) = parts.split_at(MOST_PARTS - 1);
            let rest = nested(rest);
            quote!((#(#first,)* #rest))
        }
    }
}

/// The key of a call, with one owned form.
pub(super) fn of_call(plan: &Plan, layer: &Layer) -> TokenStream {
    let runtime = &plan.runtime;
    let borrowed = borrowed(plan, &layer.key, asserts::whole(layer));
    // A cache of the user's names the key's type itself.
    if layer.key.is_named() || matches!(layer.source, Source::Given(_)) {
        quote!(#runtime::__private::call_key(#borrowed))
    } else {
        quote!(#runtime::__private::unnamed_call_key(#borrowed))
    }
}

/// `&self.tenant`, what is a reference already as what it refers to.
pub(super) fn expression(plan: &Plan, expr: &Expr) -> TokenStream {
    let runtime = &plan.runtime;
    let reference = reference(expr);
    quote!(#runtime::__private::ExpressionPart::of(#reference).cached_part())
}

/// `a + b` → `&(a + b)`, with parentheses only where they are needed.
fn reference(expr: &Expr) -> Expr {
    Expr::Reference(ExprReference {
        attrs: Vec::new(),
        and_token: Token![&](Span::mixed_site()),
        mutability: None,
        expr: Box::new(expr.clone()),
    })
}

/// `(user, &id)`, or the text. What is checked is checked at `whole`.
pub(super) fn borrowed(plan: &Plan, key: &Key, whole: Span) -> TokenStream {
    match key {
        Key::Constant(text) => quote!(#text),
        Key::Text(key) => text(&plan.runtime, key),
        Key::Parts(parts) => tuple(parts.iter().map(|part| emit_part(plan, part, whole))),
    }
}

fn emit_part(plan: &Plan, part: &Part, whole: Span) -> TokenStream {
    let runtime = &plan.runtime;
    match part {
        Part::Argument(name, kind) => {
            let lookup = lookup(plan, &quote!(#name), kind);
            if kind.is_known() {
                lookup
            } else {
                checked(runtime, &lookup, whole)
            }
        }
        Part::Expression(expr, Some(_)) => {
            let reference = reference(expr);
            quote!(#reference)
        }
        Part::Expression(expr, None) => checked(runtime, &expression(plan, expr), whole),
    }
}

/// `KeyPartCheck::of(PART).part()`
fn checked(runtime: &Path, part: &TokenStream, whole: Span) -> TokenStream {
    let runtime = respanned(runtime, whole);
    quote_spanned!(whole=> #runtime::__private::KeyPartCheck::of(#part).part())
}

/// The lookup form of what stands at `place`.
fn lookup(plan: &Plan, place: &TokenStream, kind: &KeyPartKind) -> TokenStream {
    let runtime = &plan.runtime;
    match kind {
        KeyPartKind::Text | KeyPartKind::Borrowed(_) | KeyPartKind::Inferred(true) => {
            quote!(#place)
        }
        KeyPartKind::Value(_) | KeyPartKind::Inferred(false) => quote!(&#place),
        KeyPartKind::Through(inner) => lookup(plan, &quote!((*#place)), inner),
        KeyPartKind::Each(_) => quote!(#runtime::__private::each(&#place)),
        KeyPartKind::Tuple(parts) => {
            let parts = parts.iter().enumerate().map(|(index, part)| {
                let index = syn::Index::from(index);
                lookup(plan, &quote!(#place.#index), part)
            });
            quote!((#(#parts),*))
        }
        KeyPartKind::Optional(inner) if is_reference(inner) => quote!(#place),
        KeyPartKind::Optional(inner) => {
            let some = idents::local("some");
            let inner = lookup(plan, &quote!((*#some)), inner);
            quote!(::core::option::Option::map(::core::option::Option::as_ref(&#place), |#some| #inner))
        }
    }
}

/// Is an `Option` of it looked up as it is?
fn is_reference(kind: &KeyPartKind) -> bool {
    matches!(kind, KeyPartKind::Text | KeyPartKind::Borrowed(_))
}

/// `&*text(format_args!(…))`
pub(super) fn text(runtime: &Path, key: &TextTemplate) -> TokenStream {
    let text = format_arguments(runtime, key);
    quote!(&*#runtime::__private::text(#text))
}

/// `"spec:{name}:{version}"` → `format_args!("spec:{}:{}", escape(&name, ":"), escape(&version, ":"))`
pub(super) fn format_arguments(runtime: &Path, key: &TextTemplate) -> TokenStream {
    let mut format = String::new();
    let mut values = Vec::new();
    for piece in &key.pieces {
        match piece {
            TextPiece::Literal(literal) => {
                format.push_str(&literal.replace('{', "{{").replace('}', "}}"));
            }
            TextPiece::Capture {
                root,
                fields,
                format: own,
            } => {
                let value = capture(root, fields);
                if key.separators.is_empty() {
                    format.push_str(&placeholder(own));
                    values.push(value);
                } else {
                    format.push_str("{}");
                    values.push(escaped(runtime, &value, own, &key.separators));
                }
            }
        }
    }
    quote!(::core::format_args!(#format, #(#values),*))
}

/// `self.region`
fn capture(root: &Ident, fields: &[Member]) -> TokenStream {
    quote!(#root #(.#fields)*)
}

fn escaped(runtime: &Path, value: &TokenStream, format: &str, separators: &str) -> TokenStream {
    if format.is_empty() {
        return quote!(#runtime::__private::escape(&#value, #separators));
    }
    let placeholder = placeholder(format);
    quote!(#runtime::__private::escape(::core::format_args!(#placeholder, #value), #separators))
}

/// `:04` → `{:04}`
fn placeholder(format: &str) -> String {
    if format.is_empty() {
        "{}".to_owned()
    } else {
        format!("{{:{format}}}")
    }
}
