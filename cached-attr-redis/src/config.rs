//! How to connect.

use std::sync::Arc;
use std::time::Duration;

use cached_attr_runtime::tier;

use crate::address::Address;
use crate::error::ConnectError;
use crate::tier::RedisTier;

/// A tier to be: made by [`connect`](crate::connect), finished by [`install`](Connect::install) or
/// [`build`](Connect::build).
#[derive(Clone, Debug)]
#[must_use = "nothing is connected before `install` or `build`"]
pub struct Connect {
    pub(crate) address: Address,
    pub(crate) namespace: String,
    pub(crate) operation_timeout: Duration,
    pub(crate) heartbeat: Duration,
    pub(crate) max_value: usize,
}

impl Connect {
    pub(crate) fn new(address: Address) -> Self {
        Connect {
            address,
            namespace: "cached".to_owned(),
            operation_timeout: Duration::from_millis(250),
            heartbeat: Duration::from_millis(250),
            max_value: 4 << 20,
        }
    }

    /// What the names of all its keys begin with: services that share a server need one each. Letters, digits, `_`, `-`
    /// and `.`; the default is `cached`. In a cluster each namespace is on one node.
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = namespace.into();
        self
    }

    /// How long one operation may take: what a fault of the server costs a call at most. The default is 250 ms.
    pub fn operation_timeout(mut self, timeout: Duration) -> Self {
        self.operation_timeout = timeout;
        self
    }

    /// How long copies in memory are served after the connection was cut silently. The default is 250 ms; a third
    /// of it is the pause between two heartbeats.
    pub fn heartbeat(mut self, heartbeat: Duration) -> Self {
        self.heartbeat = heartbeat;
        self
    }

    /// The largest value that is stored, in bytes. The default is 4 MiB.
    pub fn max_value(mut self, bytes: usize) -> Self {
        self.max_value = bytes;
        self
    }

    /// Makes the tier. It connects when it is first used, and does not fail because the server is away.
    ///
    /// # Errors
    ///
    /// When a setting makes no sense.
    pub fn build(self) -> Result<RedisTier, ConnectError> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
        if self.namespace.is_empty() || !self.namespace.bytes().all(is_plain) {
            return Err(ConnectError::Namespace);
        }
        if self.operation_timeout.is_zero() || self.heartbeat < Duration::from_millis(3) {
            return Err(ConnectError::Duration);
        }
        Ok(RedisTier::new(self))
    }

    /// Makes the tier the one that this process's `shared` functions use.
    ///
    /// # Errors
    ///
    /// When a setting makes no sense, or when this process has a tier already. Not when the server is away.
    pub fn install(self) -> Result<(), ConnectError> {
        let tier = Arc::new(self.build()?);
        tier::install(tier).map_err(ConnectError::AlreadyInstalled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn build(namespace: &str) -> Result<RedisTier, ConnectError> {
        let address = crate::connect("redis+cluster://localhost")?;
        address.namespace(namespace).build()
    }

    #[test]
    fn a_namespace_has_no_character_that_has_a_meaning_in_names() {
        for namespace in ["", "a:b", "{a}", "a}", "a b", "ü", "*"] {
            let built = build(namespace);
            assert!(matches!(built, Err(ConnectError::Namespace)), "{namespace}");
        }
        for namespace in ["shop", "Shop_2.live-eu"] {
            assert!(build(namespace).is_ok(), "{namespace}");
        }
    }
}
