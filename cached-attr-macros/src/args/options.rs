//! The receiver: every option of `#[cached(…)]` and the type of its value.

use std::collections::BTreeMap;

use darling::{FromMeta, ast::NestedMeta, error::Accumulator};
use proc_macro2::Span;
use syn::{Path, spanned::Spanned as _};

use super::{
    CacheName, Capacity, Closure, Code, CratePath, EnvName, Handle, Jitter, KeyArg, Lifetime,
    Parsed, Skip, Ttl, Window,
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
    capacity: Capacity,
    weigh: Closure,
    tti: Lifetime,
    jitter: Jitter,
    cache: Code,
    name: CacheName,
    handle: Handle,
    #[darling(rename = "crate")]
    krate: CratePath,
}

/// In the contract, but not built yet.
const LATER: [&str; 9] = [
    "stale_while_revalidate",
    "refresh_ahead",
    "timeout",
    "soft_timeout",
    "tags",
    "context",
    "batch",
    "shared",
    "local_ttl",
];

/// What others call our options.
const OTHER_NAMES: [(&str, &str); 14] = [
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
];

/// Keeps what darling is to read: each known option once. Everything else becomes an error here.
pub(super) fn split_known_options(
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
                errors.push(diag::at(
                    lit.span(),
                    "a value without its option: write for example `ttl = \"30s\"`",
                ));
                written.entry("ttl".to_owned()).or_insert(lit.span());
                continue;
            }
        };
        let (name, span) = (spelled(path), path.span());
        if !OPTIONS.contains(&name.as_str()) {
            errors.push(diag::at(span, unknown(&name)));
            // What was meant is not missing as well.
            if let Some(meant) = meant(&name) {
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

fn unknown(name: &str) -> String {
    if LATER.contains(&name) {
        return format!("`{name}` is not in this version of cached-attr: leave the option out");
    }
    match meant(name) {
        Some(ours) => format!("there is no option `{name}`: did you mean `{ours}`?"),
        None => format!(
            "there is no option `{name}`; the options are {}",
            diag::listed(OPTIONS.iter())
        ),
    }
}

/// Our option that someone had in mind who wrote `name`.
fn meant(name: &str) -> Option<&'static str> {
    let other = OTHER_NAMES
        .iter()
        .find(|(other, _)| *other == name)
        .map(|(_, ours)| *ours);
    other.or_else(|| diag::nearest(&name.to_lowercase(), OPTIONS.iter().copied()))
}
