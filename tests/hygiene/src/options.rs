//! Every option once.

use ::std::collections::HashMap;
use ::std::convert::TryFrom as _;
use ::std::iter::{IntoIterator as _, Iterator as _};
use ::std::option::Option::{self, None, Some};
use ::std::result::Result::{self, Err, Ok};
use ::std::string::{String, ToString as _};
use ::std::time::Duration;
use ::std::vec::Vec;

/// The simplest.
#[::memo::cached(ttl = "1m", crate = ::memo)]
pub async fn simplest(id: u32) -> u32 {
    id
}

/// A borrowed argument.
#[::memo::cached(ttl = "1m", crate = ::memo)]
pub async fn relative(name: &str) -> String {
    name.to_string()
}

/// Options about time.
///
/// # Errors
///
/// For zero: lints see the function as it is written.
#[::memo::cached(
    ttl = "1m",
    ttl_env = "HYGIENE_TTL",
    negative_ttl = "1s",
    error_ttl = 2,
    jitter = "10%",
    tti = "30s",
    crate = ::memo
)]
pub async fn times(id: Option<u32>) -> Result<Option<u32>, String> {
    match id {
        Some(0) => Err("zero".to_string()),
        id => Ok(id),
    }
}

/// Options with closures.
#[::memo::cached(
    ttl = |list| Duration::from_secs(list.len() as u64),
    store_if = |list| !list.is_empty(),
    weigh = |_, list| u32::try_from(list.len()).unwrap_or(u32::MAX),
    capacity = 100,
    crate = ::memo
)]
pub async fn closures(ids: &[u32]) -> Vec<u32> {
    ids.to_vec()
}

/// Options of one call.
#[::memo::cached(ttl = "1m", bypass = bypass, refresh = refresh, skip(bypass, refresh), crate = ::memo)]
pub async fn modes(id: u32, bypass: bool, refresh: bool) -> u32 {
    let _ = (bypass, refresh);
    id
}

/// A text key.
#[::memo::cached(ttl = never, key = "{tenant}/{id:04}", name = "hygiene/texts", crate = ::memo)]
pub async fn texts(tenant: &str, id: u32) -> String {
    [tenant, &id.to_string()].concat()
}

/// Tags.
#[::memo::cached(ttl = "1m", tags = ["all", "{tenant}", "{tenant}/{id:04}"], crate = ::memo)]
pub async fn tagged(tenant: &str, id: u32) -> String {
    [tenant, &id.to_string()].concat()
}

/// A writer that names tags.
#[::memo::invalidates(tag("{tenant}/{id:04}"), tag("all"), crate = ::memo)]
pub async fn change(tenant: &str, id: u32) -> u32 {
    let _ = tenant;
    id
}

/// A key of an expression.
#[::memo::cached(ttl = "1m", key = (tenant, ids.len()), crate = ::memo)]
pub async fn expressions(tenant: &str, ids: &[u32]) -> usize {
    tenant.len() + ids.len()
}

/// Slices of borrowed texts.
#[::memo::cached(ttl = "1m", crate = ::memo)]
pub async fn texts_of(names: &[&str], other: Option<&str>) -> String {
    [names.concat().as_str(), other.unwrap_or("")].concat()
}

/// No companions.
#[::memo::cached(ttl = "1m", handle = false, crate = ::memo)]
pub async fn alone() -> Option<u32> {
    None
}

/// Nothing to return.
#[::memo::cached(ttl = "1m", crate = ::memo)]
pub async fn nothing(id: u32) {
    let _ = id;
}

/// A foreign error.
///
/// # Errors
///
/// For zero.
#[::memo::cached(
    ttl = "1m",
    stale_if_error = never,
    stale_if_error_when = |error| error.len() > 3,
    share_error = |error| error.to_string(),
    crate = ::memo
)]
pub async fn shared(id: u32) -> Result<u32, String> {
    match id {
        0 => Err("zero".to_string()),
        id => Ok(id),
    }
}

/// Loads in the background.
#[::memo::cached(
    ttl = "1m",
    stale_while_revalidate = "1h",
    refresh_ahead = 0.8,
    retry_after = "5s",
    max_background = 8,
    crate = ::memo
)]
pub async fn revalidated(name: &str, part: Option<&str>, mut id: u32) -> String {
    id += 1;
    [name, part.unwrap_or(""), &id.to_string()].concat()
}

/// A load took too long.
#[derive(Clone, Debug)]
pub struct Slow;

impl ::std::convert::From<::memo::TimedOut> for Slow {
    fn from(_: ::memo::TimedOut) -> Self {
        Slow
    }
}

/// Limits on a load.
///
/// # Errors
///
/// None.
#[::memo::cached(
    ttl = "1m",
    stale_if_error = "1h",
    soft_timeout = "200ms",
    timeout = Duration::from_secs(2),
    crate = ::memo
)]
pub async fn limited(id: u32) -> Result<u32, Slow> {
    Ok(id)
}

/// A resource that is loaded in the background, in a function that is too.
///
/// # Errors
///
/// None.
#[::memo::cached(ttl = "1m", stale_while_revalidate = "1h", crate = ::memo)]
#[::memo::cached(let url = parameter(name).await?, ttl = "1m", stale_while_revalidate = "1h", crate = ::memo)]
pub async fn behind(name: &str) -> Result<usize, String> {
    Ok(url.len() + name.len())
}

/// Many keys in one call.
///
/// # Errors
///
/// None.
#[::memo::cached(ttl = "1m", key = (tenant, ids), tags = ["{tenant}/{ids}"], batch = ids, max_batch = 10, skip(suffix), crate = ::memo)]
pub async fn many(
    suffix: String,
    tenant: &str,
    ids: Vec<u32>,
) -> Result<HashMap<u32, String>, String> {
    let text = |id: u32| (id, [tenant, &id.to_string(), &suffix].concat());
    Ok(ids.into_iter().map(text).collect())
}

/// A load that is given what it replaces.
#[::memo::cached(ttl = "1m", context = load, crate = ::memo)]
pub async fn compared(id: u32) -> u32 {
    load.stale().copied().unwrap_or(id)
}

/// A part of a pattern that is not in the key.
#[::memo::cached(ttl = "1m", key = id, skip(trace), crate = ::memo)]
pub async fn part((id, trace): (u32, u32)) -> u32 {
    let _ = trace;
    id
}

async fn parameter(name: &str) -> Result<String, String> {
    ::std::future::ready(Ok(name.to_string())).await
}

/// A resource that only another one uses.
///
/// # Errors
///
/// None.
#[::memo::cached(let stage = parameter("stage").await?, ttl = "1m", crate = ::memo)]
#[::memo::cached(let url = parameter(&stage).await?, ttl = "1m", crate = ::memo)]
pub async fn chained() -> Result<usize, String> {
    Ok(url.len())
}

/// A part of an argument.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Tenant {
    /// A number.
    pub id: u32,
}

/// A key whose type no signature names.
#[::memo::cached(ttl = "1m", key = (tenant.id, page), crate = ::memo)]
pub async fn expression(tenant: &Tenant, page: u32) -> u32 {
    tenant.id + page
}

/// A writer that names a key by its value, and all of a cache.
#[::memo::invalidates(expression[(id, page)], relative(..), crate = ::memo)]
pub async fn write(id: u32, page: u32) -> u32 {
    id + page
}

/// A function that returns a future.
#[::memo::cached(ttl = "1m", crate = ::memo)]
pub fn returned(id: u32) -> impl ::std::future::Future<Output = u32> {
    async move { id }
}
