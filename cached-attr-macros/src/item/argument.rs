//! The function's arguments, one for each name the body can use.

use proc_macro2::Ident;
use syn::{
    FnArg, GenericArgument, Pat, PatIdent, PatTupleStruct, PatType, PathArguments, Receiver,
    ReceiverKind, Signature, Type, visit_mut::VisitMut,
};

/// One name that a key can be made of: an argument, `self`, a part of a pattern, or a resource.
#[derive(Clone)]
pub(crate) struct Argument {
    pub(crate) name: Ident,
    pub(crate) declared: Declared,
    pub(crate) origin: Origin,
}

/// Where the name comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The parameter with this number.
    Parameter(usize),
    /// `let NAME = …` of another layer.
    Resource,
}

/// What is known of an argument's type.
#[derive(Clone)]
pub(crate) enum Declared {
    /// `self`, `mut self`
    SelfValue,
    /// `&self`
    SelfReference,
    /// `&mut self`
    SelfMutable,
    /// `name: Type`, and `self: Type`
    Typed(Box<Type>),
    /// A binding inside a pattern: only the compiler can infer its type.
    Bound,
}

impl Argument {
    pub(crate) fn is_self(&self) -> bool {
        self.name == "self"
    }
}

pub(crate) fn read(sig: &Signature) -> Vec<Argument> {
    let mut arguments = Vec::new();
    for (parameter, input) in sig.inputs.iter().enumerate() {
        match input {
            FnArg::Receiver(receiver) => arguments.push(of_receiver(receiver, parameter)),
            FnArg::Typed(PatType { pat, ty, .. }) => bind(pat, Some(ty), parameter, &mut arguments),
        }
    }
    arguments
}

fn of_receiver(receiver: &Receiver, parameter: usize) -> Argument {
    let declared = match &receiver.kind {
        ReceiverKind::Reference(_, _, Some(_)) => Declared::SelfMutable,
        ReceiverKind::Reference(_, _, None) => Declared::SelfReference,
        ReceiverKind::Typed(_, ty) => Declared::Typed(ty.clone()),
        _ => Declared::SelfValue,
    };
    Argument {
        name: Ident::from(receiver.self_token),
        declared,
        origin: Origin::Parameter(parameter),
    }
}

/// `name: Type` is one argument; a pattern is one for each of its bindings, and where pattern and type have the
/// same shape (`(a, b): (A, B)`) the bindings' types are known; `_` is none.
fn bind(pat: &Pat, ty: Option<&Type>, parameter: usize, into: &mut Vec<Argument>) {
    match (pat, ty) {
        (Pat::Ident(binding), _) => {
            let declared = match ty {
                Some(ty) if binding.by_ref.is_none() => Declared::Typed(Box::new(ty.clone())),
                _ => Declared::Bound,
            };
            into.push(Argument {
                name: binding.ident.clone(),
                declared,
                origin: Origin::Parameter(parameter),
            });
            if let Some((_, inner)) = &binding.subpat {
                bind(inner, None, parameter, into);
            }
        }
        (Pat::Paren(inner), ty) => bind(&inner.pat, ty, parameter, into),
        (Pat::Tuple(tuple), Some(Type::Tuple(types))) if tuple.elems.len() == types.elems.len() => {
            let rest = tuple
                .elems
                .iter()
                .any(|element| matches!(element, Pat::Rest(_)));
            for (element, ty) in tuple.elems.iter().zip(&types.elems) {
                bind(element, (!rest).then_some(ty), parameter, into);
            }
        }
        (Pat::TupleStruct(pattern), Some(ty)) if extracted(pattern, ty).is_some() => {
            for element in &pattern.elems {
                bind(element, extracted(pattern, ty), parameter, into);
            }
        }
        _ => for_each_part(pat, |part| bind(part, None, parameter, into)),
    }
}

/// axum's extractors: `Path(id): Path<u32>` binds a `u32`. Of other structs only the compiler knows what they hold.
fn extracted<'a>(pattern: &PatTupleStruct, ty: &'a Type) -> Option<&'a Type> {
    const EXTRACTORS: [&str; 6] = ["Extension", "Form", "Json", "Path", "Query", "State"];
    let Type::Path(path) = ty else { return None };
    let (last, name) = (path.path.segments.last()?, pattern.path.segments.last()?);
    let known = EXTRACTORS.iter().any(|extractor| last.ident == extractor);
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match (arguments.args.first()?, arguments.args.len()) {
        (GenericArgument::Type(inner), 1)
            if known && name.ident == last.ident && pattern.elems.len() == 1 =>
        {
            Some(inner)
        }
        _ => None,
    }
}

fn for_each_part(pat: &Pat, mut visit: impl FnMut(&Pat)) {
    match pat {
        Pat::Tuple(tuple) => tuple.elems.iter().for_each(visit),
        Pat::TupleStruct(tuple) => tuple.elems.iter().for_each(visit),
        Pat::Slice(slice) => slice.elems.iter().for_each(visit),
        Pat::Struct(fields) => fields.fields.iter().for_each(|field| visit(&field.pat)),
        Pat::Reference(reference) => visit(&reference.pat),
        // All cases of an or-pattern bind the same names.
        Pat::Or(or) => or.cases.iter().take(1).for_each(visit),
        Pat::Type(typed) => visit(&typed.pat),
        _ => {}
    }
}

/// `(mut a, b)` → `(a, b)`
pub(crate) fn without_mut(pat: &mut Pat) {
    struct Plain;
    impl VisitMut for Plain {
        fn visit_pat_ident_mut(&mut self, binding: &mut PatIdent) {
            if binding.by_ref.is_none() {
                binding.mutability = None;
            }
            syn::visit_mut::visit_pat_ident_mut(self, binding);
        }
    }
    Plain.visit_pat_mut(pat);
}
