//! The handler: what it needs stands above it, how long each may be trusted stands beside it.

use cached_attr::cached;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::app::App;
use crate::error::LoadError;
use crate::load::{object, parameter, parameters, secret_text, string_list};
use crate::partner::PartnerError;

/// What an invocation is about.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// Load what the handler needs and do nothing else: sent by [`prefetch`] before the first real event.
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
    /// Somebody changed the settings and wants them used from now on.
    #[serde(default)]
    pub fresh: bool,
}

/// What became of an order.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Receipt {
    /// The number of the order.
    pub id: u64,
    /// The host of the database it was written to. Not its address: that holds a password.
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
    /// A setting is there, and is not what it should be.
    #[error("{0} cannot be read: mend it where it is stored; the next check picks it up")]
    Malformed(&'static str),
}

impl HandlerError {
    /// Whether the failure says that something remembered no longer works, so that loading it again may help.
    #[must_use]
    pub fn is_outdated(&self) -> bool {
        matches!(
            self,
            Self::Partner(PartnerError::Unauthorized) | Self::Load(LoadError::FileGone)
        )
    }
}

#[derive(Deserialize)]
struct Rules {
    version: u64,
    blocked: Vec<String>,
}

const LARGEST: &str = "/app/limits/largest";
const SMALLEST: &str = "/app/limits/smallest";

/// Takes one order.
///
/// Five resources, five expiries, one round of waiting: cold ones load side by side. The variables that end in
/// `_TTL_SECONDS` change an expiry without a build; `0` switches that cache off. While the parameter store is away or asks for
/// patience, the address of the database that worked a minute ago will do; that it was deleted is another matter.
#[cached(let db_url = parameter(&app.aws, "/app/db_url").await?,
         ttl = "30s", ttl_env = "DB_URL_TTL_SECONDS", skip(app),
         stale_if_error = "10m", stale_if_error_when = LoadError::is_passing)]
#[cached(let regions = string_list(&app.aws, "/app/regions").await?,
         ttl = "60s", ttl_env = "REGIONS_TTL_SECONDS", skip(app))]
#[cached(let limits = parameters(&app.aws, &[SMALLEST, LARGEST]).await?,
         ttl = "60s", ttl_env = "LIMITS_TTL_SECONDS", skip(app))]
#[cached(let api_key = secret_text(&app.aws, "/prod/partner/api_key").await?,
         ttl = "5m", ttl_env = "API_KEY_TTL_SECONDS", skip(app))]
#[cached(let rules_file = object(&app.aws, "s3://app-config/rules.json").await?,
         ttl = "2m", ttl_env = "RULES_TTL_SECONDS", skip(app))]
pub async fn handler(app: &App, event: Event) -> Result<Receipt, HandlerError> {
    let Event::Order(order) = event else {
        return Ok(Receipt::default());
    };
    let refused = |reason| HandlerError::Refused {
        id: order.id,
        reason,
    };

    let rules: Rules = serde_json::from_slice(&rules_file.read().await?)
        .map_err(|_| HandlerError::Malformed("rules.json"))?;
    if !regions.contains(&order.region) || rules.blocked.contains(&order.region) {
        return Err(refused("nothing is delivered to its region"));
    }
    let limit = |name| {
        limits[name]
            .parse::<u64>()
            .map_err(|_| HandlerError::Malformed(name))
    };
    if !(limit(SMALLEST)?..=limit(LARGEST)?).contains(&order.amount) {
        return Err(refused("its amount is outside of the limits"));
    }
    app.partner.order(&api_key, order.id).await?;

    let host = db_url.rsplit_once('@').map_or("", |(_, host)| host);
    Ok(Receipt {
        id: order.id,
        database: host.to_owned(),
        rules: rules.version,
    })
}

/// Loads everything before the first event arrives, while the container still starts.
///
/// It is the handler itself that is called, with an event that asks for nothing: no second list of what it needs can fall
/// behind the first. A failure is left to the first real event, which tries again and has somebody to tell.
pub async fn prefetch(app: &App) {
    if let Err(error) = handler(app, Event::WarmUp).await {
        eprintln!("prefetch: {error}");
    }
}
