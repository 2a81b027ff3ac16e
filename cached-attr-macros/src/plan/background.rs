//! Loads in the background: what they use of the call must be theirs.

use std::collections::BTreeSet;

use darling::error::Accumulator;
use proc_macro2::{Ident, Span};
use syn::{
    GenericArgument, Lifetime, PathArguments, Type, TypeReference, spanned::Spanned as _,
    visit::Visit,
};

use crate::{
    args::Attribute,
    diag,
    item::{Argument, Declared, Origin},
};

/// The options that let a load go on without its call.
const OPTIONS: [&str; 3] = ["stale_while_revalidate", "refresh_ahead", "soft_timeout"];

/// A load that may run in the background.
pub(crate) struct Background {
    /// The arguments it uses.
    pub(crate) owned: Vec<OwnedArgument>,
    /// The option that needs it.
    pub(crate) at: Span,
}

/// An argument that such a load owns.
pub(crate) struct OwnedArgument {
    pub(crate) name: Ident,
    pub(crate) form: OwnedForm,
    /// What it refers to; none for `&self` and for values.
    pub(crate) behind: Option<Type>,
    /// Where its type stands.
    pub(crate) at: Span,
}

/// How an argument is owned.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum OwnedForm {
    /// It is a value: moved, or cloned where others use it too.
    Value,
    /// `&T`: kept as `<T as ToOwned>::Owned`.
    Reference,
    /// `Option<&T>`
    OptionalReference,
}

/// What a load that mentions these names has to own, if an option lets it run in the background.
pub(super) fn of(
    attribute: &Attribute,
    arguments: &[Argument],
    named: &BTreeSet<String>,
    errors: &mut Accumulator,
) -> Option<Background> {
    let option = OPTIONS.into_iter().find(|option| attribute.has(option))?;
    let mut owned = Vec::new();
    for argument in arguments {
        if !named.contains(&argument.name.to_string()) {
            continue;
        }
        match form(argument) {
            Some(form) => {
                let behind = behind(argument);
                let at = behind
                    .as_ref()
                    .map_or_else(|| span(argument), syn::spanned::Spanned::span);
                owned.push(OwnedArgument {
                    name: argument.name.clone(),
                    form,
                    behind,
                    at,
                });
            }
            None => errors.push(diag::at(span(argument), cannot_be_owned(option, argument))),
        }
    }
    Some(Background {
        owned,
        at: attribute.span_of(option),
    })
}

fn span(argument: &Argument) -> Span {
    match &argument.declared {
        Declared::Typed(ty) if argument.origin != Origin::Resource => ty.span(),
        _ => argument.name.span(),
    }
}

fn cannot_be_owned(option: &str, argument: &Argument) -> String {
    let name = &argument.name;
    format!(
        "`{option}` runs the load in the background, after the call is over, so it cannot borrow `{name}`: take a value, \
         an `Arc<…>`, or a `&T` whose `T` is `Clone`"
    )
}

fn form(argument: &Argument) -> Option<OwnedForm> {
    match &argument.declared {
        Declared::SelfMutable => None,
        Declared::SelfReference => Some(OwnedForm::Reference),
        Declared::SelfValue | Declared::Bound => Some(OwnedForm::Value),
        Declared::Typed(ty) => of_type(ty),
    }
}

/// `Db` of a `db: &Db` or `db: Option<&Db>`.
fn behind(argument: &Argument) -> Option<Type> {
    let Declared::Typed(ty) = &argument.declared else {
        return None;
    };
    let mut ty: &Type = ty;
    loop {
        ty = match ty {
            Type::Group(group) => &group.elem,
            Type::Paren(paren) => &paren.elem,
            Type::Reference(reference) => return Some((*reference.elem).clone()),
            other => return optional(other).map(|reference| (*reference.elem).clone()),
        };
    }
}

fn of_type(ty: &Type) -> Option<OwnedForm> {
    match ty {
        Type::Group(group) => of_type(&group.elem),
        Type::Paren(paren) => of_type(&paren.elem),
        Type::Reference(reference) => of_reference(reference),
        _ => match optional(ty) {
            Some(reference) if of_reference(reference) == Some(OwnedForm::Reference) => {
                Some(OwnedForm::OptionalReference)
            }
            _ => (!borrows(ty)).then_some(OwnedForm::Value),
        },
    }
}

fn of_reference(reference: &TypeReference) -> Option<OwnedForm> {
    match &reference.lifetime {
        _ if reference.mutability.is_some() || borrows(&reference.elem) => None,
        Some(lifetime) if lifetime.ident == "static" => Some(OwnedForm::Value),
        _ => Some(OwnedForm::Reference),
    }
}

/// `Option<&T>` → `&T`
fn optional(ty: &Type) -> Option<&TypeReference> {
    let Type::Path(path) = ty else { return None };
    let last = path
        .path
        .segments
        .last()
        .filter(|last| last.ident == "Option")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match arguments.args.first()? {
        GenericArgument::Type(Type::Reference(reference)) => Some(reference),
        _ => None,
    }
}

/// Does a type have a lifetime that is written, other than `'static`, or a reference?
fn borrows(ty: &Type) -> bool {
    struct FindLifetimes(bool);
    impl<'ast> Visit<'ast> for FindLifetimes {
        fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
            self.0 |= lifetime.ident != "static";
        }
        fn visit_type_reference(&mut self, reference: &'ast TypeReference) {
            self.0 |= reference.lifetime.is_none();
            syn::visit::visit_type_reference(self, reference);
        }
        // The references of its arguments are those of a later call.
        fn visit_type_fn_ptr(&mut self, _: &'ast syn::TypeFnPtr) {}
        fn visit_parenthesized_generic_arguments(
            &mut self,
            _: &'ast syn::ParenthesizedGenericArguments,
        ) {
        }
    }
    let mut find = FindLifetimes(false);
    find.visit_type(ty);
    find.0
}
