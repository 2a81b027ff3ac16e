//! Stage four: what the attributes mean. Every rule is checked here, every default is filled in; what comes out can
//! be written down without another question.

mod accounted;
mod companions;
mod generics;
mod identity;
mod key;
mod policy;
mod shape;
mod text_key;
mod value;

use darling::error::Accumulator;
use proc_macro2::Ident;
use syn::{Expr, Path, ext::IdentExt as _};

pub(crate) use companions::{CacheCompanion, KeyCompanion};
pub(crate) use generics::Instances;
pub(crate) use key::{Key, Part, TextKey, TextPiece};
pub(crate) use policy::Rule;
pub(crate) use shape::Shape;
pub(crate) use value::Value;

use crate::{
    args::{self, Attribute, Handle},
    diag,
    item::Function,
    names,
    stack::RawLayer,
};

/// Everything that one function's attributes ask for.
pub(crate) struct Plan {
    /// Where `cached_attr` is found.
    pub(crate) runtime: Path,
    pub(crate) memo: Layer,
}

/// One cache in front of one load.
pub(crate) struct Layer {
    pub(crate) site: Site,
    pub(crate) source: Source,
    pub(crate) key: Key,
    pub(crate) mode: Mode,
    pub(crate) rules: Vec<Rule>,
    pub(crate) instances: Instances,
    pub(crate) cache_companion: Option<CacheCompanion>,
    pub(crate) key_companion: Option<KeyCompanion>,
}

/// The static that a layer's caches hang from.
pub(crate) struct Site {
    pub(crate) ident: Ident,
    pub(crate) title: Title,
    pub(crate) ttl: DeclaredTtl,
    pub(crate) env: Env,
    /// By this number a companion finds the static of a wrapper that it cannot name.
    pub(crate) id: u64,
}

/// What the cache is called in metrics and logs.
pub(crate) enum Title {
    /// Module path and this.
    Here(String),
    /// As the user says.
    Given(String),
}

/// What the attribute says of the ttl, as far as it is known without running.
pub(crate) enum DeclaredTtl {
    Exact(std::time::Duration),
    Never,
    Computed,
}

pub(crate) enum Env {
    Unset,
    Variable(String),
}

/// Where a call gets its cache from.
pub(crate) enum Source {
    /// From the companion, which the wrapper can name: `Self::script_cache()`.
    Companion,
    /// From a static inside the wrapper.
    Inside,
    /// From the user: `cache = self.scripts`.
    Given(Expr),
}

/// What is asked of each call.
pub(crate) struct Mode {
    pub(crate) bypass: Option<Expr>,
    pub(crate) refresh: Option<Expr>,
}

/// Plans one function, or says everything that is wrong with it.
pub(crate) fn plan(function: &Function, layers: Vec<RawLayer>) -> darling::Result<Plan> {
    let mut errors = darling::Error::accumulator();
    function.check(&mut errors);
    let attributes: Vec<Attribute> = layers.into_iter().filter_map(|layer| args::read(layer, &mut errors)).collect();
    let mut plan = None;
    for mut attribute in attributes {
        let runtime = runtime(&attribute, &mut errors);
        plan = layer(function, &mut attribute, &mut errors).zip(runtime).map(|(memo, runtime)| Plan { runtime, memo });
    }
    errors.finish()?;
    plan.ok_or_else(|| diag::at(function.span(), "this attribute could not be read"))
}

fn layer(function: &Function, attribute: &mut Attribute, errors: &mut Accumulator) -> Option<Layer> {
    let (rules, ttl) = policy::rules(attribute, function, errors);
    let options = &attribute.options;
    let written = accounted::Written {
        key: told(options.key.as_ref(), errors),
        skip: told(options.skip.as_ref(), errors),
        cache: told(options.cache.as_ref(), errors),
    };
    let lowered = accounted::key(function, &written, errors);
    let mode = Mode {
        bypass: told(options.bypass.as_ref(), errors).ok().flatten().map(|code| code.0.clone()),
        refresh: told(options.refresh.as_ref(), errors).ok().flatten().map(|code| code.0.clone()),
    };
    let site = Site {
        ident: names::site(None),
        title: match told(options.name.as_ref(), errors) {
            Ok(Some(label)) => Title::Given(label.0.clone()),
            _ => Title::Here(function.name().unraw().to_string()),
        },
        ttl,
        env: match told(options.ttl_env.as_ref(), errors) {
            Ok(Some(variable)) => Env::Variable(variable.0.clone()),
            _ => Env::Unset,
        },
        id: identity::of(&function.written()),
    };
    let handle = !matches!(told(options.handle.as_ref(), errors), Ok(Some(Handle(false))));
    let lowered = lowered?;
    finish(function, written.cache, Layer0 { lowered, rules, mode, site, handle }, errors)
}

/// A layer whose options are read; what is left is where its cache lives and who else can reach it.
struct Layer0 {
    lowered: key::Lowered,
    rules: Vec<Rule>,
    mode: Mode,
    site: Site,
    handle: bool,
}

fn finish(
    function: &Function,
    cache: Result<Option<&args::Code>, ()>,
    read: Layer0,
    errors: &mut Accumulator,
) -> Option<Layer> {
    let Layer0 { lowered, mut rules, mode, site, handle } = read;
    if lowered.key.is_single() {
        rules.push(Rule::Single);
    }
    let self_type = function.names_self();
    let instances = generics::instances(function, &lowered.named, self_type);
    let named = handle && lowered.key.is_named();
    let foreign = cache.ok()?;
    let cache_companion = match foreign {
        None if named => Some(companions::cache(function, None, &instances, errors)?),
        _ => None,
    };
    let key_companion = named.then(|| companions::key(function, None, &lowered));
    let source = match foreign {
        Some(cache) => Source::Given(cache.0.clone()),
        None if self_type && cache_companion.is_some() => Source::Companion,
        None => Source::Inside,
    };
    Some(Layer { site, source, key: lowered.key, mode, rules, instances, cache_companion, key_companion })
}

fn runtime(attribute: &Attribute, errors: &mut Accumulator) -> Option<Path> {
    match told(attribute.options.krate.as_ref(), errors) {
        Ok(Some(path)) => Some(path.0.clone()),
        Ok(None) => Some(names::runtime()),
        Err(()) => None,
    }
}

/// Tells a wrong value's error; what is left is what was said.
fn told<'a, T>(given: Option<&'a darling::Result<T>>, errors: &mut Accumulator) -> Result<Option<&'a T>, ()> {
    match given {
        None => Ok(None),
        Some(Ok(value)) => Ok(Some(value)),
        Some(Err(error)) => {
            errors.push(error.clone());
            Err(())
        }
    }
}
