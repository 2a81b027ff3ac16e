//! Stage four: what the attributes mean. Every rule is checked here, every default is filled in; what comes out can
//! be emitted without another decision.

mod background;
mod batch;
mod call_options;
mod combinations;
mod companions;
mod generics;
mod key;
mod layer;
mod load;
mod order;
mod resource;
mod settings;
mod shared;
mod site;
mod site_id;
mod std_types;
mod store_if;
pub(crate) mod tags;
mod type_checks;
mod value;

use std::collections::BTreeSet;

use darling::error::Accumulator;
use proc_macro2::Span;
use syn::Path;

pub(crate) use background::{Background, OwnedArgument, OwnedForm};
pub(crate) use batch::Batch;
pub(crate) use companions::{CacheCompanion, CompanionKey, KeyCompanion, NoCache, Probe};
pub(crate) use generics::Instances;
pub(crate) use key::part::KeyPartKind;
pub(crate) use key::scope::Scope;
pub(crate) use key::{Key, Part, TextPiece, TextTemplate, written as written_key};
pub(crate) use layer::{Layer, Mode, Source};
pub(crate) use resource::Resource;
pub(crate) use settings::{Setter, SetterArgument};
pub(crate) use shared::Sharing;
pub(crate) use site::{DeclaredTtl, Env, Site, Title};
pub(crate) use std_types::owns_itself;
pub(crate) use type_checks::TypeCheck;
pub(crate) use value::Value;

use crate::{
    args::{Attribute, Attributes},
    diag, free_names, idents,
    item::Function,
    manifest,
};

/// Everything that one function's attributes declare.
pub(crate) struct Plan {
    /// Where `cached_attr` is found.
    pub(crate) runtime: Path,
    /// The cache in front of the function, if it has one.
    pub(crate) memo: Option<Layer>,
    /// In source order.
    pub(crate) resources: Vec<Resource>,
    /// The resources' indices, each after those it waits for.
    pub(crate) order: Vec<usize>,
}

/// Plans one function, or returns everything that is wrong with it, which begins with `errors`.
pub(crate) fn plan(
    function: &Function,
    attributes: Attributes,
    mut errors: Accumulator,
) -> darling::Result<Plan> {
    let in_impl = function.names_self() || attributes.name_self;
    let plan = lower(function, attributes.read, in_impl, &mut errors);
    errors.finish()?;
    plan.filter(|_| attributes.complete)
        .ok_or_else(|| diag::at(function.span(), "this attribute could not be read"))
}

fn lower(
    function: &Function,
    attributes: Vec<Attribute>,
    in_impl: bool,
    errors: &mut Accumulator,
) -> Option<Plan> {
    let runtime = runtime(&attributes, errors)?;
    let (resources, memos): (Vec<_>, Vec<_>) = attributes
        .into_iter()
        .partition(|attribute| attribute.binding.is_some());
    check_one_memo(&memos, errors);
    let mentioned = mentioned(function, &resources);
    let resources = resource::all(function, resources, in_impl, errors);
    let memo = memos
        .into_iter()
        .next()
        .map(|attribute| layer::memo(function, &attribute, &mentioned, in_impl, errors));
    let resources = resources?;
    let order = order::of(&resources, errors)?;
    let memo = match memo {
        None => None,
        Some(layer) => Some(layer?),
    };
    Some(Plan {
        runtime,
        memo,
        resources,
        order,
    })
}

/// The names that the body mentions, or a resource, which loads inside of it.
fn mentioned(function: &Function, resources: &[Attribute]) -> BTreeSet<String> {
    let mut names = free_names::anything(&function.body.load().statements);
    for resource in resources {
        names.extend(resource.named.iter().cloned());
        if let Some(binding) = &resource.binding {
            names.extend(free_names::anything(&binding.value));
        }
    }
    names
}

/// Two caches in front of one function would answer for each other.
fn check_one_memo(memos: &[Attribute], errors: &mut Accumulator) {
    for second in memos.iter().skip(1) {
        errors.push(diag::at(
            second.span,
            "the attribute above caches this function's result already: keep one of the two, or bind a \
             resource, `#[cached(let name = …, ttl = \"30s\")]`",
        ));
    }
}

/// One `crate = …` applies to all attributes of the function.
fn runtime(attributes: &[Attribute], errors: &mut Accumulator) -> Option<Path> {
    let mut written = None;
    for attribute in attributes {
        let krate = attribute.options.krate.as_ref();
        if let Some(path) = diag::report_or_value(krate, errors).ok()? {
            written = Some(path.0.clone());
        }
    }
    let at = attributes
        .first()
        .map_or_else(Span::call_site, |first| first.span);
    written.or_else(|| errors.handle(default_runtime(at)))
}

/// `::cached_attr`, unless the package has it under another name.
pub(crate) fn default_runtime(at: Span) -> darling::Result<Path> {
    match manifest::renamed() {
        None => Ok(idents::runtime()),
        Some(name) => Err(diag::at(
            at,
            format!(
                "`cached-attr` is renamed to `{name}` in this package: write `crate = ::{name}`"
            ),
        )),
    }
}
