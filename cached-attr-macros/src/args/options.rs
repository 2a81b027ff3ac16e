//! The receiver: every option of `#[cached(…)]` and the type of its value.

use std::collections::BTreeMap;

use darling::{FromMeta, ast::NestedMeta, error::Accumulator};
use proc_macro2::Span;
use syn::{Expr, ExprLit, Lit, Meta, MetaNameValue, Path, spanned::Spanned as _};

use super::{
    BatchArgument, CacheName, Capacity, Closure, Code, ContextName, CratePath, EnvName, Handle,
    Jitter, KeyArg, Lifetime, Limit, MaxBackground, MaxBatch, Parsed, Part, Shared, Skip, Tags,
    Ttl, Window, leader::LeaderOptions,
};
use crate::diag;

/// One list: the receiver's fields, and the names for messages. Each `name: Type`, and as a text where the name is a
/// keyword.
macro_rules! options {
    ($($(#[darling(rename = $renamed:literal)])? $field:ident: $value:ty,)+) => {
        /// The options of one `#[cached(…)]`.
        #[derive(Default, FromMeta)]
        #[darling(default)]
        pub(crate) struct Options {
            $($(#[darling(rename = $renamed)])? pub(crate) $field: Parsed<$value>,)+
        }

        const OPTIONS: &[&str] = &[$(options!(@name $field $($renamed)?)),+];
    };
    (@name $field:ident) => { stringify!($field) };
    (@name $field:ident $renamed:literal) => { $renamed };
}

options! {
    ttl: Ttl,
    ttl_env: EnvName,
    key: KeyArg,
    skip: Skip,
    bypass: Code,
    refresh: Code,
    store_if: Closure,
    negative_ttl: Lifetime,
    error_ttl: Lifetime,
    share_error: Closure,
    stale_if_error: Window,
    stale_if_error_when: Closure,
    retry_after: Lifetime,
    stale_while_revalidate: Window,
    refresh_ahead: Part,
    max_background: MaxBackground,
    timeout: Limit,
    soft_timeout: Limit,
    context: ContextName,
    batch: BatchArgument,
    max_batch: MaxBatch,
    capacity: Capacity,
    weigh: Closure,
    tti: Lifetime,
    jitter: Jitter,
    tags: Tags,
    shared: Shared,
    local_ttl: Window,
    cache: Code,
    name: CacheName,
    handle: Handle,
    #[darling(rename = "crate")]
    krate: CratePath,
}

/// Is there such an option of `#[cached]`?
pub(crate) fn is_option(name: &str) -> bool {
    OPTIONS.contains(&name)
}

/// What other crates call our options.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("time", "ttl"),
    ("expire", "ttl"),
    ("expires", "ttl"),
    ("max_age", "ttl"),
    ("time_to_live", "ttl"),
    ("time_to_idle", "tti"),
    ("idle", "tti"),
    ("size", "capacity"),
    ("max_size", "capacity"),
    ("max_capacity", "capacity"),
    ("ignore", "skip"),
    ("no_store", "bypass"),
    ("no_cache", "refresh"),
    ("unless", "bypass"),
    ("force_refresh", "refresh"),
    ("swr", "stale_while_revalidate"),
    ("stale", "stale_while_revalidate"),
    ("early_refresh", "refresh_ahead"),
    ("refresh_after", "refresh_ahead"),
    ("ty", "cache"),
    ("create", "cache"),
];

/// Options of other crates that are no option here, and what to write instead.
const INSTEAD: &[(&str, &str)] = &[
    (
        "result_fallback",
        "`stale_if_error = \"1h\"` serves the old value for that long when a load fails",
    ),
    (
        "cache_none",
        "`None` is cached like any other value: leave the option out, or give it a lifetime of its own, `negative_ttl = \"10s\"`",
    ),
    (
        "cache_err",
        "`error_ttl = \"10s\"` caches errors for that long",
    ),
    (
        "result",
        "an `Err` is not cached unless `error_ttl` is written: leave the option out",
    ),
    (
        "option",
        "`store_if = |value| value.is_some()` leaves `None` out of the cache",
    ),
    (
        "sync_writes",
        "calls of one key always share one load: leave the option out",
    ),
    (
        "in_impl",
        "methods need no option: leave it out, and write `skip(self)` or a key that names fields of `self`",
    ),
    (
        "convert",
        "`key` is the expression itself: `key = (tenant, id)`, or a text, `key = \"{tenant}:{id}\"`",
    ),
    (
        "with_cached_flag",
        "`call(…).with_status().await` returns how a call was answered",
    ),
    (
        "map_error",
        "errors stay the function's own: leave the option out",
    ),
];

/// What an attribute's options are called, and by mistake.
pub(super) trait Vocabulary {
    /// The options.
    const KNOWN: &'static [&'static str];
    /// The one that a bare value may have been meant for, and how it is written.
    const FIRST: (&'static str, &'static str);

    /// What to say to an option that there is not, and which one was meant by it.
    fn unknown(name: &str, item: &NestedMeta) -> (String, Option<&'static str>);
}

impl Vocabulary for Options {
    const KNOWN: &'static [&'static str] = OPTIONS;
    const FIRST: (&'static str, &'static str) = ("ttl", "ttl = \"30s\"");

    fn unknown(name: &str, item: &NestedMeta) -> (String, Option<&'static str>) {
        (unknown(name, item), meant(name))
    }
}

/// Keeps what darling is to read: each known option once. Everything else becomes an error here.
pub(super) fn split_known_options<V: Vocabulary>(
    items: Vec<NestedMeta>,
    errors: &mut Accumulator,
) -> (Vec<NestedMeta>, BTreeMap<String, Span>) {
    let mut written = BTreeMap::new();
    let mut kept = Vec::new();
    for item in items {
        let path = match &item {
            NestedMeta::Meta(meta) => meta.path(),
            NestedMeta::NameValueInvalidExpr(meta) => &meta.path,
            NestedMeta::Lit(lit) => {
                let (first, example) = V::FIRST;
                errors.push(diag::at(
                    lit.span(),
                    format!("a value without its option: write for example `{example}`"),
                ));
                written.entry(first.to_owned()).or_insert(lit.span());
                continue;
            }
        };
        let (name, span) = (spelled(path), path.span());
        if !V::KNOWN.contains(&name.as_str()) {
            let (message, meant) = V::unknown(&name, &item);
            errors.push(diag::at(span, message));
            // What was meant is not missing as well.
            if let Some(meant) = meant {
                written.entry(meant.to_owned()).or_insert(span);
            }
        } else if written.insert(name.clone(), span).is_some() {
            errors.push(diag::at(
                span,
                format!("`{name}` is written twice: keep one"),
            ));
        } else if let NestedMeta::NameValueInvalidExpr(meta) = &item {
            errors.push(diag::at(
                span,
                format!("the value of `{name}` is not an expression: {}", meta.error),
            ));
        } else {
            kept.push(item);
        }
    }
    (kept, written)
}

fn spelled(path: &Path) -> String {
    let segments: Vec<String> = path
        .segments
        .iter()
        .map(|segment| segment.ident.to_string())
        .collect();
    segments.join("::")
}

fn unknown(name: &str, item: &NestedMeta) -> String {
    if let Some(unit) = name.strip_prefix("ttl_").and_then(unit) {
        let count = number(item).unwrap_or_else(|| "30".to_owned());
        return format!("there is no option `{name}`: write `ttl = \"{count}{unit}\"`");
    }
    if LeaderOptions::KNOWN.contains(&name) {
        return format!("`{name}` is an option of `#[leader]`, not of `#[cached]`");
    }
    if let Some((_, instead)) = INSTEAD.iter().find(|(other, _)| *other == name) {
        return format!("there is no option `{name}`: {instead}");
    }
    match meant(name) {
        Some(ours) => format!("there is no option `{name}`: did you mean `{ours}`?"),
        None => format!(
            "there is no option `{name}`; the options are {}",
            diag::listed(OPTIONS.iter())
        ),
    }
}

/// `secs` → `s`
fn unit(word: &str) -> Option<&'static str> {
    match word {
        "secs" | "seconds" => Some("s"),
        "millis" | "ms" => Some("ms"),
        "mins" | "minutes" => Some("min"),
        "hours" => Some("h"),
        _ => None,
    }
}

/// The value, if it is a whole number.
fn number(item: &NestedMeta) -> Option<String> {
    match item {
        NestedMeta::Meta(Meta::NameValue(MetaNameValue {
            value:
                Expr::Lit(ExprLit {
                    lit: Lit::Int(number),
                    ..
                }),
            ..
        })) => Some(number.base10_digits().to_owned()),
        _ => None,
    }
}

/// Our option that someone had in mind who wrote `name`.
fn meant(name: &str) -> Option<&'static str> {
    if name.strip_prefix("ttl_").and_then(unit).is_some() {
        return Some("ttl");
    }
    let other = OTHER_NAMES
        .iter()
        .find(|(other, _)| *other == name)
        .map(|(_, ours)| *ours);
    other.or_else(|| diag::nearest(&name.to_lowercase(), OPTIONS.iter().copied()))
}
