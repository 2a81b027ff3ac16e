//! Methods, associated functions and traits.

use ::memo::FnCache;
use ::std::clone::Clone as _;
use ::std::convert::{From as _, TryFrom as _};
use ::std::string::{String, ToString as _};
use ::std::sync::Arc;

/// A client with a cache of its own.
#[derive(::std::fmt::Debug)]
pub struct Client {
    region: String,
    rows: FnCache<u32, String>,
}

impl Client {
    /// A client.
    #[must_use]
    pub fn new(region: &str) -> Self {
        Client {
            region: region.to_string(),
            rows: FnCache::builder().build(),
        }
    }

    /// By a field.
    #[::memo::cached(ttl = "1m", key = "{self.region}:{id}", crate = ::memo)]
    pub async fn by_field(&self, id: u32) -> String {
        [&self.region, " ", &id.to_string()].concat()
    }

    /// In a field.
    #[::memo::cached(ttl = "1m", cache = self.rows, skip(self), crate = ::memo)]
    pub async fn in_field(&self, id: u32) -> String {
        [&self.region, " ", &id.to_string()].concat()
    }

    /// Without `self`.
    #[::memo::cached(ttl = "1m", crate = ::memo)]
    pub async fn associated(id: u32) -> u32 {
        id
    }

    /// Of an `Arc`.
    #[::memo::cached(ttl = "1m", skip(self), crate = ::memo)]
    pub async fn of_arc(self: Arc<Self>) -> Arc<str> {
        Arc::from(self.region.as_str())
    }

    /// In the background, with `self` in a format string.
    #[::memo::cached(ttl = "1m", refresh_ahead = 0.5, key = id, skip(self), crate = ::memo)]
    pub async fn ahead(mut self: Arc<Self>, id: u32) -> String {
        let text = ::std::format!("{self:?} {id}");
        self = Arc::clone(&self);
        [text.as_str(), &self.region].concat()
    }

    #[::memo::cached(ttl = "1m", skip(self), crate = ::memo)]
    async fn private(&self, id: u32) -> u32 {
        id + 1
    }

    /// Calls a private one.
    pub async fn public(&self, id: u32) -> u32 {
        self.private(id).await
    }
}

/// A trait.
pub trait Prices {
    /// A price.
    fn price(&self, id: u32) -> impl ::std::future::Future<Output = u32> + ::std::marker::Send;
}

impl Prices for Client {
    #[::memo::cached(ttl = "1m", skip(self), handle = false, crate = ::memo)]
    async fn price(&self, id: u32) -> u32 {
        id * 10 + u32::try_from(self.region.clone().len()).unwrap_or(0)
    }
}
