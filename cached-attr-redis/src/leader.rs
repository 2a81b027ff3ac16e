//! Leaders: one hash a key, readable with `HGETALL`.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use cached_attr_runtime::tier::{Election, TierError, Token};
use redis::Value;

use crate::core::Core;
use crate::fault::Fault;
use crate::lease::{lasting_millis, millis};
use crate::scripts::Script;

/// This process, as `host:pid`.
fn holder() -> &'static str {
    static HOLDER: LazyLock<String> = LazyLock::new(|| {
        let host = gethostname::gethostname();
        format!("{}:{}", host.to_string_lossy(), std::process::id())
    });
    &HOLDER
}

pub(crate) async fn acquire(
    core: &Arc<Core>,
    key: &str,
    token: Token,
    ttl: Duration,
) -> Result<Election, TierError> {
    let operation = core.operation().await?;
    let (token, ttl) = (token.to_string(), lasting_millis(ttl));
    let args = [token.as_bytes(), ttl.as_bytes(), holder().as_bytes()];
    let answer = operation
        .call(Script::AcquireLeader, &core.names.leader(key), &args)
        .await
        .and_then(|answer| election(&answer));
    answer.map_err(|fault| core.failed(fault))
}

fn election(answer: &Value) -> Result<Election, Fault> {
    let text = |value: &Value| match value {
        Value::BulkString(text) => String::from_utf8_lossy(text).into_owned(),
        _ => String::new(),
    };
    let parsed = match answer {
        Value::Array(answer) => match &answer[..] {
            [Value::Int(1), fence] => text(fence)
                .parse()
                .ok()
                .map(|fence| Election::Won { fence }),
            [Value::Int(0), holder, Value::Int(left)] => Some(Election::Lost {
                holder: text(holder),
                left: Duration::from_millis(u64::try_from(*left).unwrap_or(0)),
            }),
            _ => None,
        },
        _ => None,
    };
    parsed.ok_or_else(|| Fault::broken("not an answer to ACQUIRE"))
}

pub(crate) async fn renew(
    core: &Arc<Core>,
    key: &str,
    token: Token,
    ttl: Duration,
) -> Result<bool, TierError> {
    let operation = core.operation().await?;
    let (token, ttl) = (token.to_string(), lasting_millis(ttl));
    let args = [token.as_bytes(), ttl.as_bytes()];
    let kept = operation
        .call(Script::RenewLeader, &core.names.leader(key), &args)
        .await;
    kept.map(|kept| kept == Value::Int(1))
        .map_err(|fault| core.failed(fault))
}

pub(crate) async fn release(
    core: &Arc<Core>,
    key: &str,
    token: Token,
    grace: Duration,
) -> Result<(), TierError> {
    let operation = core.operation().await?;
    let (token, grace) = (token.to_string(), millis(grace));
    let args = [token.as_bytes(), grace.as_bytes()];
    let released = operation
        .call(Script::ReleaseLeader, &core.names.leader(key), &args)
        .await;
    released.map(|_| ()).map_err(|fault| core.failed(fault))
}
