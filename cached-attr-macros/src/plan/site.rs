//! The static of a layer: its name, and what of its ttl is known.

use darling::error::Accumulator;
use proc_macro2::Ident;
use syn::ext::IdentExt as _;

use super::{load::Load, site_id};
use crate::{args::Attribute, diag::report_or_value, idents, item::Function};

/// The static that a layer's caches hang from.
pub(crate) struct Site {
    pub(crate) ident: Ident,
    pub(crate) title: Title,
    pub(crate) ttl: DeclaredTtl,
    pub(crate) env: Env,
    /// By this number a companion finds the static of a wrapper that it cannot name.
    pub(crate) id: u64,
    /// Whether its name is one in the shared tier.
    pub(crate) shared: bool,
}

/// What the cache is called in metrics and logs.
pub(crate) enum Title {
    /// Module path and this.
    Here(String),
    /// As the user wrote.
    Given(String),
}

/// The ttl, as far as it is known without running.
#[derive(Clone, Copy)]
pub(crate) enum DeclaredTtl {
    Exact(std::time::Duration),
    Never,
    Computed,
}

pub(crate) enum Env {
    Unset,
    Variable(String),
}

/// The static that the layer's caches hang from.
pub(super) fn of(
    load: &Load<'_>,
    attribute: &Attribute,
    ttl: DeclaredTtl,
    errors: &mut Accumulator,
) -> Site {
    let options = &attribute.options;
    let title = title(load.scope.function, load.resource);
    Site {
        ident: idents::site(load.resource),
        title: match report_or_value(options.name.as_ref(), errors) {
            Ok(Some(label)) => Title::Given(label.0.clone()),
            _ => Title::Here(title.clone()),
        },
        ttl,
        env: match report_or_value(options.ttl_env.as_ref(), errors) {
            Ok(Some(variable)) => Env::Variable(variable.0.clone()),
            _ => Env::Unset,
        },
        id: site_id::of(&title),
        shared: attribute.has("shared"),
    }
}

/// `handler`, `handler.db_url`
fn title(function: &Function, resource: Option<&Ident>) -> String {
    let function = function.name().unraw();
    resource.map_or_else(
        || function.to_string(),
        |name| format!("{function}.{}", name.unraw()),
    )
}
