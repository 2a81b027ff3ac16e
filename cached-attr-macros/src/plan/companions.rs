//! The two functions written beside the user's: `script_cache()` and `script_key(…)`.

use std::collections::BTreeSet;

use proc_macro2::Ident;
use syn::{
    Expr, FnArg, Generics, Pat, PatIdent, PatType, ReceiverKind, Token, Type, TypePath,
    TypeReference,
};

use super::{
    Scope,
    generics::{self, Instances},
    key::{Lowered, part},
    value::Value,
};
use crate::{
    diag, idents,
    item::{self, Argument, Declared, Origin},
};

/// `fn script_cache() -> &'static FnCache<K, V>`
pub(crate) struct CacheCompanion {
    pub(crate) name: Ident,
    pub(crate) generics: Generics,
    pub(crate) key: CompanionKey,
}

/// How a companion gets the type of the key.
pub(crate) enum CompanionKey {
    /// By its name.
    Named,
    /// From the key of these names, which is never made.
    Inferred(Vec<(Pat, Type)>),
}

/// Why a function has no `script_cache()`.
#[derive(Clone, Copy)]
pub(crate) enum NoCache {
    /// An `impl Trait` decides the type of the key, so each caller's type has a cache of its own.
    ImplTrait,
    /// `cache = …`
    Foreign,
    /// It depends on a resource whose type is not written.
    UntypedResource,
}

/// `fn script_key(user: &str, id: u32) -> K`
pub(crate) struct KeyCompanion {
    pub(crate) name: Ident,
    pub(crate) generics: Generics,
    /// The parameters the key names, as declared.
    pub(crate) inputs: Vec<FnArg>,
}

/// A resource's expression, never run, from which the compiler learns the type of its value.
pub(crate) struct Probe {
    /// The names it needs, with their types.
    pub(crate) inputs: Vec<(Pat, Type)>,
    pub(crate) load: Expr,
}

pub(super) fn cache(
    scope: &Scope<'_>,
    resource: Option<&Ident>,
    instances: &Instances,
    lowered: &Lowered,
    value: Option<&Value>,
) -> Result<CacheCompanion, NoCache> {
    let function = scope.function;
    let value = value.ok_or_else(|| why_not(scope))?;
    let key = if lowered.key.is_named() {
        CompanionKey::Named
    } else {
        CompanionKey::Inferred(inputs(scope, &lowered.named).ok_or_else(|| why_not(scope))?)
    };
    let own = generics::names(&function.sig.generics);
    let mut wanted: BTreeSet<String> = instances
        .parameters
        .iter()
        .filter_map(generics::name)
        .collect();
    let mut mentioned = BTreeSet::new();
    if let Value::Inferred(probe) = value {
        mentioned.extend(generics::mentioned(&probe.load));
        mentioned.extend(types_of(&probe.inputs));
    }
    if let CompanionKey::Inferred(inputs) = &key {
        mentioned.extend(types_of(inputs));
    }
    wanted.extend(mentioned.intersection(&own).cloned());
    Ok(CacheCompanion {
        name: idents::companion(function.name(), resource, "cache"),
        generics: generics::only(&function.sig.generics, &wanted, &BTreeSet::new()),
        key,
    })
}

/// Why a type could not be inferred: what the layer depends on cannot be declared in a `let`.
fn why_not(scope: &Scope<'_>) -> NoCache {
    let untyped = |argument: &Argument| {
        argument.origin == Origin::Resource && !matches!(argument.declared, Declared::Typed(_))
    };
    if scope.required().any(untyped) {
        NoCache::UntypedResource
    } else {
        NoCache::ImplTrait
    }
}

fn types_of(inputs: &[(Pat, Type)]) -> impl Iterator<Item = String> {
    inputs.iter().flat_map(|(_, ty)| generics::mentioned(ty))
}

/// `None` where the key names a resource whose type is not written.
pub(super) fn key(
    scope: &Scope<'_>,
    resource: Option<&Ident>,
    lowered: &Lowered,
) -> Option<KeyCompanion> {
    let function = scope.function;
    let mut inputs = parameters(scope, &lowered.named)
        .map(|(_, input)| plain(input))
        .collect::<Vec<_>>();
    for other in named(scope, &lowered.named).filter(|argument| argument.origin == Origin::Resource)
    {
        let Declared::Typed(ty) = &other.declared else {
            return None;
        };
        inputs.push(FnArg::Typed(PatType {
            attrs: Vec::new(),
            pat: Box::new(binding(&other.name)),
            colon_token: <Token![:]>::default(),
            ty: ty.clone(),
        }));
    }
    let own = generics::names(&function.sig.generics);
    let wanted = inputs
        .iter()
        .flat_map(generics::mentioned)
        .filter(|name| own.contains(name))
        .collect();
    let lifetimes = inputs.iter().flat_map(generics::lifetimes_of).collect();
    Some(KeyCompanion {
        name: idents::companion(function.name(), resource, "key"),
        generics: generics::only(&function.sig.generics, &wanted, &lifetimes),
        inputs,
    })
}

/// `None` where an argument's type cannot be written in a `let`.
pub(super) fn probe(scope: &Scope<'_>, load: &Expr, mentioned: &BTreeSet<String>) -> Option<Probe> {
    let names = mentioned | &meant(scope, mentioned);
    Some(Probe {
        inputs: inputs(scope, &names)?,
        load: load.clone(),
    })
}

/// The arguments that misspelt names may mean: with them in scope the compiler suggests the same here as in the
/// wrapper, and reports the name once.
fn meant(scope: &Scope<'_>, mentioned: &BTreeSet<String>) -> BTreeSet<String> {
    let arguments = scope
        .names
        .iter()
        .filter(|argument| match &argument.declared {
            Declared::Typed(ty) => !part::is_impl(ty),
            _ => false,
        });
    let names = arguments.map(|argument| argument.name.to_string());
    names
        .filter(|name| {
            mentioned
                .iter()
                .any(|word| diag::nearest(word, [name.as_str()]).is_some())
        })
        .collect()
}

/// What binds `names` outside of the function; `None` where a type cannot be written in a `let`.
fn inputs(scope: &Scope<'_>, names: &BTreeSet<String>) -> Option<Vec<(Pat, Type)>> {
    let mut inputs = Vec::new();
    for (_, input) in parameters(scope, names) {
        match plain(input) {
            FnArg::Typed(typed) if !part::is_impl(&typed.ty) => {
                inputs.push((*typed.pat, *typed.ty));
            }
            FnArg::Typed(_) => return None,
            // `self` cannot be bound: the expression gets a local in its place.
            FnArg::Receiver(receiver) => {
                inputs.push((binding(&idents::this()), receiver_type(&receiver.kind)));
            }
        }
    }
    for other in named(scope, names).filter(|argument| argument.origin == Origin::Resource) {
        let Declared::Typed(ty) = &other.declared else {
            return None;
        };
        inputs.push((binding(&other.name), (**ty).clone()));
    }
    Some(inputs)
}

fn named<'a>(
    scope: &'a Scope<'_>,
    names: &'a BTreeSet<String>,
) -> impl Iterator<Item = &'a Argument> {
    scope
        .names
        .iter()
        .filter(|argument| names.contains(&argument.name.to_string()))
}

/// The parameters that bind these names, in declaration order.
fn parameters<'a>(
    scope: &'a Scope<'_>,
    names: &'a BTreeSet<String>,
) -> impl Iterator<Item = (usize, &'a FnArg)> {
    let wanted: BTreeSet<usize> = named(scope, names)
        .filter_map(|argument| match argument.origin {
            Origin::Parameter(index) => Some(index),
            Origin::Resource => None,
        })
        .collect();
    scope
        .function
        .sig
        .inputs
        .iter()
        .enumerate()
        .filter(move |(index, _)| wanted.contains(index))
}

fn binding(name: &Ident) -> Pat {
    Pat::Ident(PatIdent {
        attrs: Vec::new(),
        by_ref: None,
        mutability: None,
        ident: name.clone(),
        subpat: None,
    })
}

/// `#[attr] mut id: u32` → `id: u32`
fn plain(input: &FnArg) -> FnArg {
    let mut input = input.clone();
    match &mut input {
        FnArg::Receiver(receiver) => {
            receiver.attrs.clear();
            receiver.mutability = None;
        }
        FnArg::Typed(typed) => {
            typed.attrs.clear();
            item::without_mut(&mut typed.pat);
        }
    }
    input
}

/// `&self` → `&Self`
fn receiver_type(kind: &ReceiverKind) -> Type {
    let own = Type::Path(TypePath {
        attrs: Vec::new(),
        qself: None,
        path: idents::self_type().into(),
    });
    match kind {
        ReceiverKind::Typed(_, ty) => (**ty).clone(),
        ReceiverKind::Reference(and_token, _, mutability) => Type::Reference(TypeReference {
            attrs: Vec::new(),
            and_token: *and_token,
            lifetime: None,
            mutability: *mutability,
            elem: Box::new(own),
        }),
        _ => own,
    }
}
