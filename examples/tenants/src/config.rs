//! What the service was deployed with: a file, and its environment.

use std::collections::BTreeMap;
use std::env;

use serde::Deserialize;

use crate::{Overrides, TenantId};

/// The file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The settings of every tenant, as far as it has none of its own.
    pub default: Overrides,
    /// Tenants by name.
    #[serde(default)]
    pub tenants: BTreeMap<TenantId, Overrides>,
    /// Tenants that get a document when the service first starts.
    #[serde(default)]
    pub seed: BTreeMap<TenantId, Overrides>,
}

impl Config {
    /// Reads the file's text.
    pub fn parse(yaml: &str) -> Result<Self, serde_yaml_ng::Error> {
        serde_yaml_ng::from_str(yaml)
    }
}

/// What is opted into.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Whether settings can be read and written through the public prefix.
    pub settings_public: bool,
    /// Whether the health check includes the shared tier.
    pub cache_healthcheck: bool,
}

impl Options {
    /// Those of the environment: `SETTINGS_PUBLIC` and `CACHE_HEALTHCHECK`, each `true` or not.
    #[must_use]
    pub fn from_env() -> Self {
        let is_on = |variable| env::var(variable).is_ok_and(|value| value == "true");
        Self {
            settings_public: is_on("SETTINGS_PUBLIC"),
            cache_healthcheck: is_on("CACHE_HEALTHCHECK"),
        }
    }
}
