//! The handler. What it needs stands above it, each resource with its own TTL.

use cached_attr::cached;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::app::App;
use crate::error::LoadError;
use crate::load::{Parameter, object, parameter, parameters, secret};
use crate::lookup;
use crate::partner::PartnerError;

/// What an invocation is about.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// Load what the handler needs and do nothing else. [`prefetch`] sends it before the first real event.
    WarmUp,
    /// Take an order.
    Order(Order),
}

/// An order.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Order {
    /// Its number.
    pub id: u64,
    /// Where it is delivered to.
    pub region: String,
    /// What it is worth.
    pub amount: u64,
    /// Load all settings again: somebody changed them.
    #[serde(default)]
    pub fresh: bool,
}

/// The answer to an order that was taken.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Receipt {
    /// The number of the order.
    pub id: u64,
    /// The host of the database it was written to, without the password of its address.
    pub database: String,
    /// The version of the rules it was judged by.
    pub rules: u64,
}

/// Why an order was not taken.
#[derive(Clone, Debug, Error)]
pub enum HandlerError {
    /// Something the handler needs could not be loaded.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The partner did not take it.
    #[error(transparent)]
    Partner(#[from] PartnerError),
    /// The order itself cannot be taken.
    #[error("order {id}: {reason}")]
    Refused {
        /// Its number.
        id: u64,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A setting exists, and is not what it should be.
    #[error("{0} cannot be parsed: correct it where it is stored; the next load uses it")]
    Malformed(&'static str),
}

impl HandlerError {
    /// Removes the cache entry that caused this failure, if one did, so that it is loaded again.
    pub async fn invalidate_cause(&self) -> bool {
        match self {
            Self::Partner(PartnerError::Unauthorized) => {
                lookup::secret_cache().invalidate(API_KEY).await;
            }
            _ => return false,
        }
        true
    }
}

#[derive(Deserialize)]
struct Rules {
    version: u64,
    blocked: Vec<String>,
}

const DB_URL: &str = "/app/db_url";
const REGIONS: &str = "/app/regions";
const SMALLEST: &str = "/app/limits/smallest";
const LARGEST: &str = "/app/limits/largest";
const API_KEY: &str = "/prod/partner/api_key";
const RULES: &str = "s3://app-config/rules.json";

/// Takes one order.
///
/// Five resources, each with its own TTL, and one round of waiting: what is not cached loads side by side. A resource with
/// `cache = …` shares its entry with the lookup of that name and judges the entry's age by its own TTL; the batch of limits
/// is an entry of its own. The variables that end in `_TTL_SECONDS` change a TTL without a build; `0` switches the cache
/// off. While the parameter store is away or throttles, the last address of the database is used; when the parameter was
/// deleted, it is not.
#[cached(let db_url = parameter(&app.aws, DB_URL).await?, cache = lookup::parameter_cache(), key = DB_URL, skip(app),
         ttl = "30s", ttl_env = "DB_URL_TTL_SECONDS",
         stale_if_error = "10m", stale_if_error_when = LoadError::is_passing)]
#[cached(let regions = parameter(&app.aws, REGIONS).await?, cache = lookup::parameter_cache(), key = REGIONS, skip(app),
         ttl = "60s", ttl_env = "REGIONS_TTL_SECONDS")]
#[cached(let limits = parameters(&app.aws, &[SMALLEST, LARGEST]).await?, skip(app),
         ttl = "60s", ttl_env = "LIMITS_TTL_SECONDS")]
#[cached(let api_key = secret(&app.aws, API_KEY).await?, cache = lookup::secret_cache(), key = API_KEY, skip(app),
         ttl = "5m", ttl_env = "API_KEY_TTL_SECONDS")]
#[cached(let rules_object = object(&app.aws, RULES, &known).await?, cache = lookup::object_cache(), key = RULES, skip(app),
         ttl = "2m", ttl_env = "RULES_TTL_SECONDS", context = known)]
pub async fn handler(app: &App, event: Event) -> Result<Receipt, HandlerError> {
    let Event::Order(order) = event else {
        return Ok(Receipt::default());
    };
    let refused = |reason| HandlerError::Refused {
        id: order.id,
        reason,
    };

    let rules: Rules = serde_json::from_slice(rules_object.bytes())
        .map_err(|_| HandlerError::Malformed("rules.json"))?;
    if !regions.list()?.contains(&order.region) || rules.blocked.contains(&order.region) {
        return Err(refused("nothing is delivered to its region"));
    }
    let limits = number(&limits[SMALLEST])?..=number(&limits[LARGEST])?;
    if !limits.contains(&order.amount) {
        return Err(refused("its amount is outside of the limits"));
    }
    app.partner.order(api_key.text()?, order.id).await?;

    let host = db_url.text()?.rsplit_once('@').map_or("", |(_, host)| host);
    Ok(Receipt {
        id: order.id,
        database: host.to_owned(),
        rules: rules.version,
    })
}

fn number(limit: &Parameter) -> Result<u64, HandlerError> {
    let text = limit.text()?;
    text.parse().map_err(|_| HandlerError::Malformed("a limit"))
}

/// Loads everything before the first event arrives, while the container still starts.
///
/// This calls the handler itself, with an event that needs nothing else, so there is no second list of resources to
/// maintain. A failure is logged; the first order loads again, and returns the error if it fails again.
pub async fn prefetch(app: &App) {
    if let Err(error) = handler(app, Event::WarmUp).await {
        tracing::warn!("prefetch: {error}");
    }
}
