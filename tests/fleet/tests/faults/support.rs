//! What the tests have in common.

use std::sync::Arc;
use std::time::Duration;

use cached_attr_fleet::redis::RedisFleet;
use cached_attr_fleet::redis::until_trusted;
use cached_attr_runtime::tier::{
    Fill, Filled, Found, LeaseReply, LeaseRequest, Lookup, MapVersion, RecordKey, Tier, TierError,
    Token,
};

pub(crate) const KEY: RecordKey<'static> = RecordKey {
    name: "script",
    key: "LOQ",
};

pub(crate) const LOOKUP: Lookup<'static> = Lookup {
    key: KEY,
    fingerprint: "json-1",
    tags: &[],
};

pub(crate) const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A replica that talks to the server directly.
pub(crate) async fn replica(fleet: &RedisFleet) -> Arc<dyn Tier> {
    let tier = Arc::new(fleet.direct().build().unwrap());
    until_trusted(&*tier).await;
    tier
}

pub(crate) async fn lease(tier: &Arc<dyn Tier>) -> Result<(Token, MapVersion), TierError> {
    let declined = match tier.read(LOOKUP).await?.found {
        Found::Nothing { declined } => declined,
        _ => None,
    };
    let request = LeaseRequest {
        token: Token::new(),
        length: ms(5_000),
        declined,
    };
    match tier.lease(LOOKUP, request).await? {
        LeaseReply::Granted { version, .. } => Ok((request.token, version)),
        other => panic!("no lease: {other:?}"),
    }
}

pub(crate) fn fill<'a>(
    (token, version): (Token, MapVersion),
    payload: &'a [u8],
    tags: &'a [String],
) -> Fill<'a> {
    Fill {
        key: KEY,
        token,
        payload,
        fingerprint: "json-1",
        life: ms(60_000),
        stale: ms(30_000),
        version,
        tags,
    }
}

pub(crate) async fn load(tier: &Arc<dyn Tier>, payload: &str, tags: &[&str]) {
    let lease = lease(tier).await.unwrap();
    let tags: Vec<_> = tags.iter().map(|&tag| tag.to_owned()).collect();
    let filled = tier.fill(fill(lease, payload.as_bytes(), &tags)).await;
    assert_eq!(filled.unwrap(), Filled::Stored);
}

/// The payload under the key.
pub(crate) async fn text(tier: &Arc<dyn Tier>) -> Option<String> {
    match tier.read(LOOKUP).await.unwrap().found {
        Found::Record(record) => Some(String::from_utf8(record.payload).unwrap()),
        _ => None,
    }
}

pub(crate) async fn eventually(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    for _ in 0..1_000 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(ms(5)).await;
    }
    panic!("not within five seconds: {what}");
}
