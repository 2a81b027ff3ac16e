//! The two functions written beside the user's: `script_cache()` and `script_key(…)`.

use std::collections::BTreeSet;

use darling::error::Accumulator;
use proc_macro2::Ident;
use syn::{FnArg, Generics, Pat};

use super::{
    generics::{self, Instances},
    key::Lowered,
    value::{self, Value},
};
use crate::{item::Function, names};

/// `fn script_cache() -> &'static FnCache<K, V>`
pub(crate) struct CacheCompanion {
    pub(crate) name: Ident,
    pub(crate) generics: Generics,
    pub(crate) value: Value,
}

/// `fn script_key(user: &str, id: u32) -> K`
pub(crate) struct KeyCompanion {
    pub(crate) name: Ident,
    pub(crate) generics: Generics,
    /// The parameters the key names, as declared.
    pub(crate) inputs: Vec<FnArg>,
}

pub(super) fn cache(
    function: &Function,
    resource: Option<&Ident>,
    instances: &Instances,
    errors: &mut Accumulator,
) -> Option<CacheCompanion> {
    let value = errors.handle(value::of(function))?;
    let wanted = instances
        .parameters
        .iter()
        .flat_map(|param| generics::names(&Generics { params: [param.clone()].into_iter().collect(), ..Generics::default() }))
        .collect();
    Some(CacheCompanion {
        name: names::companion(function.name(), resource, "cache"),
        generics: generics::only(&function.sig.generics, &wanted, &BTreeSet::new()),
        value,
    })
}

pub(super) fn key(function: &Function, resource: Option<&Ident>, lowered: &Lowered) -> KeyCompanion {
    let parameters: BTreeSet<usize> = function
        .arguments
        .iter()
        .filter(|argument| lowered.named.contains(&argument.name.to_string()))
        .map(|argument| argument.parameter)
        .collect();
    let inputs: Vec<FnArg> = function
        .sig
        .inputs
        .iter()
        .enumerate()
        .filter(|(index, _)| parameters.contains(index))
        .map(|(_, input)| plain(input))
        .collect();
    let own = generics::names(&function.sig.generics);
    let wanted = inputs.iter().flat_map(generics::mentioned).filter(|name| own.contains(name)).collect();
    let lifetimes = inputs.iter().flat_map(generics::lifetimes_of).collect();
    KeyCompanion {
        name: names::companion(function.name(), resource, "key"),
        generics: generics::only(&function.sig.generics, &wanted, &lifetimes),
        inputs,
    }
}

/// `#[attr] mut id: u32` → `id: u32`
fn plain(input: &FnArg) -> FnArg {
    let mut input = input.clone();
    match &mut input {
        FnArg::Receiver(receiver) => {
            receiver.attrs.clear();
            if !matches!(receiver.kind, syn::ReceiverKind::Reference(..)) {
                receiver.mutability = None;
            }
        }
        FnArg::Typed(typed) => {
            typed.attrs.clear();
            if let Pat::Ident(binding) = &mut *typed.pat {
                binding.mutability = None;
            }
        }
    }
    input
}
