//! A tenant's settings.

use std::sync::Arc;

use cached_attr::{cached, invalidates};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::sync::Mutex;

use crate::{Config, Documents, FieldError, Options, StoreError, TenantError, TenantId};

/// Where settings come from.
#[derive(Debug)]
pub struct Sources {
    /// What the service was deployed with.
    pub config: Config,
    /// What was changed since.
    pub documents: Documents,
    /// What is opted into.
    pub options: Options,
    /// Held while a document is changed.
    pub(crate) writing: Mutex<()>,
}

impl Sources {
    /// Settings from these.
    #[must_use]
    pub fn new(config: Config, documents: Documents, options: Options) -> Self {
        Self {
            config,
            documents,
            options,
            writing: Mutex::default(),
        }
    }
}

/// The settings as the service uses them. A field that is added here appears in every tenant's settings with its
/// default, whenever its document was written.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
pub struct Settings {
    /// For people.
    pub name: String,
    /// Under which hosts the tenant is reached.
    pub hosts: Vec<String>,
    /// The accent; none is a choice, too.
    pub colour: Option<String>,
    /// Of the pages.
    pub language: String,
    /// Rows a page.
    pub page_size: u16,
}

/// What differs from the defaults. A field that is here with `null` overrides a default, and one that is not here does not.
pub type Overrides = Map<String, Value>;

/// A tenant's document, if it has one.
///
/// The overrides are cached and not the settings: a default that is changed holds at once for every tenant.
#[cached(
    ttl = "1h",
    tags = ["tenant:{tenant}"],
    shared,
    name = "tenant_settings",
    skip(documents)
)]
pub async fn document(
    documents: &Documents,
    tenant: &TenantId,
) -> Result<Option<Arc<Overrides>>, StoreError> {
    documents.read("tenants", tenant.as_str()).await
}

/// A tenant's settings, over the defaults.
pub async fn settings(sources: &Sources, tenant: &TenantId) -> Result<Settings, TenantError> {
    let document = document(&sources.documents, tenant).await?;
    let overrides = match &document {
        Some(document) => document,
        None => sources
            .config
            .tenants
            .get(tenant)
            .ok_or(TenantError::NotFound)?,
    };
    validated(merged(&sources.config.default, overrides)).map_err(TenantError::Invalid)
}

/// Changes the fields that are named, and returns all.
///
/// The document is written first: what is cached is derived from it. A host may be the tenant's now that was nobody's.
#[invalidates(tag("tenant:{tenant}"), tag("hosts:unknown"))]
pub async fn update(
    sources: &Sources,
    tenant: &TenantId,
    changes: &Overrides,
) -> Result<Settings, TenantError> {
    let _writing = sources.writing.lock().await;
    // Not the cached one: what is read here is written back.
    let document: Option<Overrides> = sources.documents.read("tenants", tenant.as_str()).await?;
    let before = document.or_else(|| sources.config.tenants.get(tenant).cloned());
    let after = merged(&before.unwrap_or_default(), changes);
    let settings = validated(merged(&sources.config.default, &after));
    let settings = with_unknown_fields(settings, changes).map_err(TenantError::Invalid)?;
    let documents = &sources.documents;
    documents.write("tenants", tenant.as_str(), &after).await?;
    Ok(settings)
}

fn merged(below: &Overrides, above: &Overrides) -> Overrides {
    let mut merged = below.clone();
    merged.extend(above.clone());
    merged
}

/// All fields that are wrong, one after the other: each is left out to find the next.
fn validated(mut fields: Overrides) -> Result<Settings, Vec<FieldError>> {
    let mut errors = Vec::new();
    loop {
        let read: Result<Settings, _> =
            serde_path_to_error::deserialize(&Value::Object(fields.clone()));
        match read {
            Ok(settings) if errors.is_empty() => return Ok(settings),
            Ok(_) => return Err(errors),
            Err(error) => {
                let field = error.path().to_string();
                let whole = field
                    .split(['.', '['])
                    .next()
                    .unwrap_or_default()
                    .to_owned();
                let message = error.into_inner().to_string();
                errors.push(FieldError { field, message });
                if fields.remove(&whole).is_none() {
                    return Err(errors);
                }
            }
        }
    }
}

/// A field that nobody reads is more likely a misspelt one. In a document it is one of a newer version.
fn with_unknown_fields(
    settings: Result<Settings, Vec<FieldError>>,
    changes: &Overrides,
) -> Result<Settings, Vec<FieldError>> {
    let known = serde_json::to_value(Settings::default()).unwrap_or_default();
    let unknown: Vec<FieldError> = changes
        .keys()
        .filter(|field| known.get(field).is_none())
        .map(|field| FieldError {
            field: field.clone(),
            message: "there is no such field".to_owned(),
        })
        .collect();
    match settings {
        Ok(settings) if unknown.is_empty() => Ok(settings),
        Ok(_) => Err(unknown),
        Err(mut errors) => {
            errors.extend(unknown);
            Err(errors)
        }
    }
}
