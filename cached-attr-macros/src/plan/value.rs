//! The type of what is stored, for the companion's signature.
//!
//! Inside the wrapper the compiler finds it by itself, through any alias. A signature has to spell it.

use std::collections::BTreeSet;

use proc_macro2::Span;
use syn::{
    GenericArgument, PathArguments, Type, TypePath, punctuated::Punctuated, spanned::Spanned as _,
    token::Paren, visit::Visit,
};

use super::{Probe, generics, key::part, std_types};
use crate::{diag, item::Function};

/// `V` of the companion's `FnCache<K, V>`.
pub(crate) enum Value {
    /// Syntax decides: this type.
    Plain(Type),
    /// The `Ok` type of this type if it turns out to be a `Result`, else itself.
    ByType(Type),
    /// The `Ok` type of this `Result`, which names type parameters: there a constant cannot decide.
    OkOf(Type),
    /// Only the compiler can decide whether this is a `Result`, and no signature can express what it decides: opaque.
    Opaque(Type),
    /// What this expression would load: opaque.
    Inferred(Probe),
}

impl Value {
    /// Where its type stands.
    pub(super) fn span(&self) -> Option<Span> {
        match self {
            Self::Plain(ty) | Self::ByType(ty) | Self::OkOf(ty) | Self::Opaque(ty) => {
                Some(ty.span())
            }
            Self::Inferred(_) => None,
        }
    }

    /// Is it certain that this can be stored?
    pub(crate) fn is_known(&self) -> bool {
        matches!(self, Self::Plain(ty) if std_types::can_be_kept(ty))
    }
}

/// `Result<String, Error>` → `String`
pub(super) fn of(function: &Function) -> darling::Result<Value> {
    match function.answer_type() {
        None => Ok(Value::Plain(unit())),
        Some(answer) => of_type(answer, function),
    }
}

/// The same for a type that is written elsewhere.
pub(super) fn of_type(answer: &Type, function: &Function) -> darling::Result<Value> {
    let parameters = generics::names(&function.sig.generics);
    let value = decide(answer, &parameters, function.has_receiver());
    if let Value::Plain(ty) = &value {
        check_owned(ty)?;
    }
    Ok(value)
}

/// This very type, `Result` or not.
pub(super) fn stored(ty: &Type) -> darling::Result<Value> {
    check_owned(ty).map(|()| Value::Plain(ty.clone()))
}

/// Is it certain that a function with this return type cannot fail?
pub(super) fn never_fails(answer: Option<&Type>) -> bool {
    match answer {
        Some(Type::Group(group)) => never_fails(Some(&group.elem)),
        Some(Type::Paren(paren)) => never_fails(Some(&paren.elem)),
        Some(Type::Path(path)) => is_plain(path),
        Some(Type::Macro(_) | Type::Infer(_) | Type::Verbatim(_)) => false,
        None | Some(_) => true,
    }
}

/// Is it certain that this is not an `Option`?
pub(super) fn is_never_absent(ty: &Type) -> bool {
    let option = matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Option"));
    never_fails(Some(ty)) && !option
}

fn is_plain(path: &TypePath) -> bool {
    path.path
        .segments
        .last()
        .is_some_and(|last| std_types::of_segment(last).is_some())
}

fn decide(answer: &Type, parameters: &BTreeSet<String>, in_method: bool) -> Value {
    let path = match answer {
        Type::Group(group) => return decide(&group.elem, parameters, in_method),
        Type::Paren(paren) => return decide(&paren.elem, parameters, in_method),
        Type::Path(path) => path,
        other => return Value::Plain(other.clone()),
    };
    if let Some(ok) = ok_of(path) {
        return Value::Plain(ok.clone());
    }
    let name = path
        .path
        .segments
        .last()
        .map(|last| last.ident.to_string())
        .unwrap_or_default();
    let own_parameter = path
        .path
        .get_ident()
        .is_some_and(|ident| parameters.contains(&ident.to_string()) || ident == "Self");
    if is_plain(path) || own_parameter {
        return Value::Plain(answer.clone());
    }
    if !names_parameter(answer, parameters, in_method) {
        return Value::ByType(answer.clone());
    }
    if name.ends_with("Result") {
        return Value::OkOf(answer.clone());
    }
    Value::Opaque(answer.clone())
}

/// `Result<T, E>` → `T`; one argument only may be an alias with more to it.
fn ok_of(path: &TypePath) -> Option<&Type> {
    let last = path
        .path
        .segments
        .last()
        .filter(|last| last.ident == "Result")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    let mut types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    let ok = types.next()?;
    types.next().map(|_| ok)
}

/// The attribute sees the parameters of the function, not those of an impl around it: in a method a single capital
/// letter may be one, and `Self` may hold some.
fn names_parameter(ty: &Type, parameters: &BTreeSet<String>, in_method: bool) -> bool {
    struct FindLetter(bool);
    impl<'ast> Visit<'ast> for FindLetter {
        fn visit_type_path(&mut self, path: &'ast TypePath) {
            // `R<T>` has arguments, which a type parameter cannot have.
            self.0 |= path.path.get_ident().is_some_and(|ident| {
                let name = ident.to_string();
                name.len() == 1 && name.chars().all(|char| char.is_ascii_uppercase())
            });
            syn::visit::visit_type_path(self, path);
        }
    }
    let mut letter = FindLetter(false);
    if in_method {
        letter.visit_type(ty);
    }
    letter.0
        || generics::mentioned(ty)
            .iter()
            .any(|name| name == "Self" || parameters.contains(name))
}

/// What is stored outlives the call.
fn check_owned(ty: &Type) -> darling::Result<()> {
    match part::borrowed(ty) {
        None => Ok(()),
        Some(at) => Err(diag::at(
            at,
            "what is cached outlives the call, so it cannot borrow: return an owned type, such as `String`, `Arc<str>` or `Arc<[T]>`",
        )),
    }
}

fn unit() -> Type {
    Type::Tuple(syn::TypeTuple {
        attrs: Vec::new(),
        paren_token: Paren::default(),
        elems: Punctuated::new(),
    })
}
