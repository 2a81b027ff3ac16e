//! Options that cannot stand together, and options that do nothing without another.

use darling::error::Accumulator;

use super::DeclaredTtl;
use crate::{
    args::{Attribute, Jitter, Limit, Time},
    diag,
};

pub(super) fn check(attribute: &Attribute, ttl: DeclaredTtl, errors: &mut Accumulator) {
    check_foreign_cache(attribute, errors);
    check_companionship(attribute, errors);
    check_jitter(attribute, ttl, errors);
    check_refresh_ahead(attribute, ttl, errors);
    check_soft_timeout(attribute, errors);
    check_shared(attribute, errors);
    check_batch(attribute, errors);
}

/// A batch has one load for many keys, and each option is said for one of them.
fn check_batch(attribute: &Attribute, errors: &mut Accumulator) {
    if !attribute.has("batch") {
        if attribute.has("max_batch") {
            errors.push(diag::at(
                attribute.span_of("max_batch"),
                "`max_batch` splits the items of `batch`, which is not here: add for example `batch = ids`",
            ));
        }
        return;
    }
    for option in [
        "stale_while_revalidate",
        "refresh_ahead",
        "soft_timeout",
        "context",
    ] {
        if attribute.has(option) {
            errors.push(diag::at(
                attribute.span_of(option),
                format!("`{option}` does not work with `batch` in this version: leave one of the two out"),
            ));
        }
    }
}

/// `cache = …` brings its own size.
fn check_foreign_cache(attribute: &Attribute, errors: &mut Accumulator) {
    if !attribute.has("cache") {
        return;
    }
    for option in ["capacity", "weigh", "tti", "max_background"]
        .into_iter()
        .filter(|option| attribute.has(option))
    {
        errors.push(diag::at(
            attribute.span_of(option),
            format!("`{option}` belongs to the cache that `cache = …` brings: set it there, `FnCache::builder().{option}(…)`"),
        ));
    }
}

/// The tier is reached through the function's own cache, and through code that the feature brings.
fn check_shared(attribute: &Attribute, errors: &mut Accumulator) {
    if !attribute.has("shared") {
        return;
    }
    if !cfg!(feature = "shared") {
        errors.push(diag::at(
            attribute.span_of("shared"),
            "`shared` needs the feature `shared` of cached-attr: `cargo add cached-attr --features shared`",
        ));
    }
    if attribute.has("cache") {
        errors.push(diag::at(
            attribute.span_of("shared"),
            "`shared` is for the function's own cache, and what `cache = …` brings lives in memory: leave `shared` out, or leave \
             `cache` out and say which fields of `self` are part of the key, `key = (self.tenant, id)`, if any are",
        ));
    }
}

/// Options that only shape others: each with those it shapes, one of which has to be there, and what to add.
const SHAPES: [(&str, &[&str], &str); 5] = [
    ("local_ttl", &["shared"], "shared"),
    (
        "stale_if_error_when",
        &["stale_if_error", "stale_while_revalidate", "refresh_ahead"],
        "stale_if_error = \"1h\"",
    ),
    (
        "retry_after",
        &["stale_if_error", "stale_while_revalidate", "refresh_ahead"],
        "stale_if_error = \"1h\"",
    ),
    (
        "soft_timeout",
        &["stale_if_error", "stale_while_revalidate"],
        "stale_if_error = \"1h\"",
    ),
    (
        "max_background",
        &["stale_while_revalidate", "refresh_ahead", "soft_timeout"],
        "stale_while_revalidate = \"1h\"",
    ),
];

fn check_companionship(attribute: &Attribute, errors: &mut Accumulator) {
    for (option, shaped, example) in SHAPES {
        if attribute.has(option) && !shaped.iter().any(|shaped| attribute.has(shaped)) {
            let shaped = match shaped {
                [only] => format!("`{only}`, which is not here"),
                several => format!("{}, none of which is here", diag::listed(several.iter())),
            };
            errors.push(diag::at(
                attribute.span_of(option),
                format!("`{option}` shapes {shaped}: add for example `{example}`"),
            ));
        }
    }
}

fn check_refresh_ahead(attribute: &Attribute, ttl: DeclaredTtl, errors: &mut Accumulator) {
    if let (DeclaredTtl::Never, true) = (ttl, attribute.has("refresh_ahead")) {
        errors.push(diag::at(
            attribute.span_of("refresh_ahead"),
            "`refresh_ahead` is a part of the ttl, and `ttl = never` has none: leave `refresh_ahead` out",
        ));
    }
}

/// The shorter of the two limits comes first.
fn check_soft_timeout(attribute: &Attribute, errors: &mut Accumulator) {
    if let (Some(Ok(Limit(Time::Exact(soft)))), Some(Ok(Limit(Time::Exact(hard))))) =
        (&attribute.options.soft_timeout, &attribute.options.timeout)
        && soft >= hard
    {
        errors.push(diag::at(
            attribute.span_of("soft_timeout"),
            "`soft_timeout` has to be shorter than `timeout`, which ends the load: write a shorter time",
        ));
    }
}

fn check_jitter(attribute: &Attribute, ttl: DeclaredTtl, errors: &mut Accumulator) {
    let message = match (ttl, &attribute.options.jitter) {
        (DeclaredTtl::Never, Some(_)) => {
            "`jitter` shortens the ttl, and `ttl = never` has none: leave `jitter` out"
        }
        (DeclaredTtl::Exact(ttl), Some(Ok(Jitter::Time(Time::Exact(jitter)))))
            if !ttl.is_zero() && *jitter > ttl =>
        {
            "`jitter` shortens the ttl and cannot be longer than it: write a shorter time, or a part, such as \"10%\""
        }
        _ => return,
    };
    errors.push(diag::at(attribute.span_of("jitter"), message));
}
