//! `shared`: what the tier needs to find the same answer from every process.

use darling::error::Accumulator;

use super::{Instances, Key, KeyPartKind, Part, load::Load};
use crate::{
    args::{Attribute, Time, Window},
    diag::{self, report_or_value},
};

/// The cache is shared.
pub(crate) struct Sharing {
    /// How long copies stay in memory, if not as long as the answers live.
    pub(crate) local_ttl: Option<Time>,
}

pub(super) fn of(
    attribute: &Attribute,
    load: &Load<'_>,
    (key, instances): (&Key, &Instances),
    errors: &mut Accumulator,
) -> Option<Sharing> {
    let options = &attribute.options;
    report_or_value(options.shared.as_ref(), errors).ok()??;
    check_name(attribute, load, instances, errors);
    check_key(key, errors);
    let local_ttl = report_or_value(options.local_ttl.as_ref(), errors).ok()?;
    Some(Sharing {
        local_ttl: local_ttl.map(|Window(time)| time.clone()),
    })
}

/// Module and function name one cache only where there is one.
fn check_name(
    attribute: &Attribute,
    load: &Load<'_>,
    instances: &Instances,
    errors: &mut Accumulator,
) {
    let what = if load.in_impl {
        "methods of several types may have one name"
    } else if !instances.parameters.is_empty() {
        "a generic function has a cache for each type"
    } else {
        return;
    };
    if !attribute.has("name") {
        errors.push(diag::at(
            attribute.span_of("shared"),
            format!(
                "`shared` needs a name here, since {what}: write `name = \"…\"`, which no other shared function in the \
                 fleet has"
            ),
        ));
    }
}

/// Each part of the key becomes text.
fn check_key(key: &Key, errors: &mut Accumulator) {
    let Key::Parts(parts) = key else { return };
    for part in parts {
        if let Part::Argument(name, kind) = part
            && let Some(what) = without_text(kind)
        {
            errors.push(diag::at(
                name.span(),
                format!(
                    "`{name}` is {what}, which has no text of its own for the shared tier: write a text key, \
                     `key = \"{{{name}:?}}\"`"
                ),
            ));
        }
    }
}

fn without_text(kind: &KeyPartKind) -> Option<&'static str> {
    match kind {
        KeyPartKind::Optional(_) => Some("an `Option`"),
        KeyPartKind::Tuple(_) => Some("a tuple"),
        KeyPartKind::Each(_) => Some("a list"),
        KeyPartKind::Through(inner) => without_text(inner),
        KeyPartKind::Text
        | KeyPartKind::Borrowed(_)
        | KeyPartKind::Value(_)
        | KeyPartKind::Inferred(_) => None,
    }
}
