//! One cache in front of one load, whichever: a function's body or a resource's expression.

use std::collections::BTreeSet;

use darling::error::Accumulator;
use proc_macro2::{Ident, Span};
use syn::{Expr, GenericParam};

use super::{
    Background, Batch, CacheCompanion, Instances, Key, KeyCompanion, NoCache, Scope, Setter,
    Sharing, Site, TextTemplate, TypeCheck, Value, background, batch, call_options, companions,
    generics,
    key::{self, coverage},
    load::Load,
    settings, shared, site, tags,
    type_checks::{self, Answer},
    value,
};
use crate::{
    args::{Attribute, Handle, Skip},
    diag::{self, report_or_value},
    free_names::Reads,
    item::Function,
};

/// One cache in front of one load.
pub(crate) struct Layer {
    /// `let NAME`, for a resource.
    pub(crate) resource: Option<Ident>,
    pub(crate) site: Site,
    pub(crate) source: Source,
    pub(crate) key: Key,
    /// The arguments that `skip` names, where it names them.
    pub(crate) skipped: Vec<Ident>,
    pub(crate) mode: Mode,
    pub(crate) setters: Vec<Setter>,
    /// Which errors an old answer may stand in for, if not all.
    pub(crate) stale_if_error_when: Option<Expr>,
    /// What makes the function's error of another call's.
    pub(crate) share_error: Option<Expr>,
    /// Whether the load serves several keys.
    pub(crate) batch: Option<Batch>,
    /// What the load's code calls its `LoadContext`.
    pub(crate) context: Option<Ident>,
    /// Whether the load may run in the background, and what it owns then.
    pub(crate) background: Option<Background>,
    /// With `shared`.
    pub(crate) sharing: Option<Sharing>,
    /// The groups that its entries belong to.
    pub(crate) tags: Vec<TextTemplate>,
    /// Assertions for the compiler.
    pub(crate) type_checks: Vec<TypeCheck>,
    /// Where the answer's type stands, or the expression that has it.
    pub(crate) answer: Span,
    /// Is the answer certain not to be a `Result`?
    pub(crate) never_fails: bool,
    /// What is stored, where that can be decided.
    pub(crate) value: Option<Value>,
    pub(crate) instances: Instances,
    /// Where the compiler is to report a type parameter that is not `'static`: the parameter, or the method.
    pub(crate) generic: Option<Span>,
    /// `None` with `handle = false`.
    pub(crate) cache_companion: Option<Result<CacheCompanion, NoCache>>,
    pub(crate) key_companion: Option<KeyCompanion>,
}

/// Where a call gets its cache from.
pub(crate) enum Source {
    /// From a static inside the wrapper.
    Inside,
    /// From the user: `cache = self.scripts`.
    Given(Expr),
}

/// The options that are evaluated on each call.
pub(crate) struct Mode {
    pub(crate) bypass: Option<Expr>,
    pub(crate) refresh: Option<Expr>,
}

/// The cache in front of the function.
pub(super) fn memo(
    function: &Function,
    attribute: &Attribute,
    mentioned: &BTreeSet<String>,
    in_impl: bool,
    errors: &mut Accumulator,
) -> Option<Layer> {
    let batch = batch::of(function, attribute, errors);
    if batch.is_none() && attribute.has("batch") {
        return None;
    }
    let (batch, of_item) = batch.unzip();
    let is_batch = batch.is_some();
    let scope = Scope::of_function(of_item.as_ref().unwrap_or(function));
    let load = Load {
        scope: &scope,
        resource: None,
        mentioned,
        reaches: generics::mentioned(function.answer()),
        at: function
            .answer_type()
            .map_or_else(|| function.span(), syn::spanned::Spanned::span),
        answer: function.answer_type(),
        never_fails: value::never_fails(function.answer_type()),
        value: &|| {
            if is_batch {
                batch::stored(function).map(Some)
            } else {
                value::of(function).map(Some)
            }
        },
        in_impl,
    };
    let layer = lower(&load, attribute, errors)?;
    Some(Layer { batch, ..layer })
}

/// What an attribute says, read; what is left is where its cache lives and who else can reach it.
struct LoweredOptions {
    site: Site,
    mode: Mode,
    settings: settings::Settings,
    lowered: key::Lowered,
    skipped: Vec<Ident>,
    handle: bool,
    cache: Option<Expr>,
    value: Option<Value>,
    tags: Vec<TextTemplate>,
    context: Option<Ident>,
    type_checks: Vec<TypeCheck>,
}

pub(super) fn lower(
    load: &Load<'_>,
    attribute: &Attribute,
    errors: &mut Accumulator,
) -> Option<Layer> {
    let LoweredOptions {
        site,
        mode,
        settings,
        lowered,
        skipped,
        handle,
        cache,
        value,
        tags,
        context,
        type_checks,
    } = lower_options(load, attribute, errors)?;
    let settings::Settings {
        setters,
        stale_if_error_when,
        share_error,
        ..
    } = settings;
    let function = load.scope.function;
    let instances =
        generics::instances(function, &lowered.named, load.reaches.clone(), load.in_impl);
    let cache_companion = handle.then(|| match &cache {
        Some(_) => Err(NoCache::Foreign),
        None => companions::cache(
            load.scope,
            load.resource,
            &instances,
            &lowered,
            value.as_ref(),
        ),
    });
    let key_companion = (handle && (cache.is_none() || lowered.key.is_named()))
        .then(|| companions::key(load.scope, load.resource, &lowered))
        .flatten();
    let background = background::of(attribute, &load.scope.names, load.mentioned, errors);
    Some(Layer {
        resource: load.resource.cloned(),
        site,
        source: cache.map_or(Source::Inside, Source::Given),
        sharing: shared::of(attribute, load, (&lowered.key, &instances), errors),
        key: lowered.key,
        skipped,
        mode,
        setters,
        stale_if_error_when,
        share_error,
        batch: None,
        context,
        background,
        tags,
        type_checks,
        never_fails: load.never_fails,
        answer: value.as_ref().and_then(Value::span).unwrap_or(load.at),
        value,
        generic: generic(function, &instances),
        instances,
        cache_companion,
        key_companion,
    })
}

fn lower_options(
    load: &Load<'_>,
    attribute: &Attribute,
    errors: &mut Accumulator,
) -> Option<LoweredOptions> {
    let mut settings = settings::lower(attribute, load.scope, errors);
    let options = &attribute.options;
    let written = coverage::WrittenKey {
        key: report_or_value(options.key.as_ref(), errors),
        skip: report_or_value(options.skip.as_ref(), errors),
        cache: report_or_value(options.cache.as_ref(), errors),
    };
    let lowered = coverage::key(load.scope, &written, errors);
    let mode = Mode {
        bypass: call_options::per_call("bypass", options.bypass.as_ref(), errors),
        refresh: call_options::per_call("refresh", options.refresh.as_ref(), errors),
    };
    let site = site::of(load, attribute, settings.ttl, errors);
    let handle = !matches!(
        report_or_value(options.handle.as_ref(), errors),
        Ok(Some(Handle(false)))
    );
    check_companions(load, attribute, handle, errors);
    let cache = written
        .cache
        .map(|cache| cache.map(|cache| cache.0.clone()));
    let tags = match report_or_value(options.tags.as_ref(), errors) {
        Ok(Some(written)) => tags::all(written, load.scope, errors),
        _ => Vec::new(),
    };
    let value = value_for_companion(load, handle, errors);
    let answer = Answer {
        ty: load.answer,
        never_fails: load.never_fails,
        value: value.as_ref().ok().and_then(Option::as_ref),
    };
    let type_checks = type_checks::check(attribute, &answer, errors);
    let context = call_options::context(attribute, load.scope, load.mentioned, errors);
    let flags = [
        ("keep_replaced", context.is_some()),
        (
            "single",
            lowered.as_ref().is_some_and(|it| it.key.is_single()),
        ),
    ];
    let flags = flags.into_iter().filter(|(_, is_set)| *is_set);
    settings
        .setters
        .extend(flags.map(|(flag, _)| Setter::flag(flag)));
    Some(LoweredOptions {
        site,
        mode,
        settings,
        lowered: lowered?,
        skipped: skipped(load, written.skip),
        handle,
        cache: cache.ok()?,
        value: value.ok()?,
        tags,
        context,
        type_checks,
    })
}

/// The first type parameter that must be `'static`. Those of an impl cannot be seen.
fn generic(function: &Function, instances: &Instances) -> Option<Span> {
    let own = instances.parameters.iter().find_map(|param| match param {
        GenericParam::Type(param) => Some(param.ident.span()),
        _ => None,
    });
    own.or_else(|| instances.self_type.then(|| function.span()))
}

/// The names in `skip` of which the load makes use: of another one the compiler says that it is unused.
fn skipped(load: &Load<'_>, skip: Result<Option<&Skip>, ()>) -> Vec<Ident> {
    let Ok(Some(Skip(names))) = skip else {
        return Vec::new();
    };
    let body = Reads::of(&load.scope.function.body.load().statements);
    let is_used = |name: &&Ident| {
        let word = name.to_string();
        load.resource.is_some() || (body.names(&word) && body.surely(&word))
    };
    let names = names.iter().filter(|name| *name != "self");
    names.filter(is_used).cloned().collect()
}

/// What `#[async_trait]` leaves is a method of a trait, which has no place for other functions. Without it an
/// implementation looks like any other method.
fn check_companions(
    load: &Load<'_>,
    attribute: &Attribute,
    handle: bool,
    errors: &mut Accumulator,
) {
    let function = load.scope.function;
    let in_a_trait = function
        .sig
        .generics
        .lifetimes()
        .any(|param| param.lifetime.ident == "async_trait");
    if handle && in_a_trait {
        errors.push(diag::at(
            attribute.span,
            format!(
                "`{}` is a method of a trait, in which there is no place for a `…_cache()` and a `…_key()`: write `handle = false`",
                function.name()
            ),
        ));
    }
}

/// The type of what is stored; where no companion needs it, a type that cannot be stored is left to the compiler.
fn value_for_companion(
    load: &Load<'_>,
    handle: bool,
    errors: &mut Accumulator,
) -> Result<Option<Value>, ()> {
    match (load.value)() {
        Ok(value) => Ok(value),
        Err(_) if !handle => Ok(None),
        Err(error) => {
            errors.push(error);
            Err(())
        }
    }
}
