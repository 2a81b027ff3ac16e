//! Leases and fills.

use std::sync::Arc;
use std::time::Duration;

use cached_attr_runtime::tier::{
    Fill, Filled, LeaseReply, LeaseRequest, Lookup, Record, RecordKey, TierError, Token,
};
use redis::Value;

use crate::core::Core;
use crate::fault::Fault;
use crate::header::{Parsed, filled_by, fingerprint_word, parse, tags_word};
use crate::link::{Call, Operation};
use crate::map::Map;
use crate::read::{add_map, judge, map_of, members};
use crate::scripts::Script;

/// Ten years: longer lives are cut, so that every record ends.
const LONGEST: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

/// A duration as the scripts take it.
pub(crate) fn millis(duration: Duration) -> String {
    duration.min(LONGEST).as_millis().to_string()
}

/// The same for what must last: at least a millisecond.
pub(crate) fn lasting_millis(duration: Duration) -> String {
    millis(duration.max(Duration::from_millis(1)))
}

pub(crate) async fn lease(
    core: &Arc<Core>,
    lookup: Lookup<'_>,
    request: LeaseRequest,
) -> Result<LeaseReply, TierError> {
    let operation = core.delivered_operation().await?;
    let reply = lease_over(core, &operation, lookup, request).await;
    if matches!(reply, Ok(LeaseReply::Granted { .. })) {
        core.counters.leases.add();
    }
    reply.map_err(|fault| core.failed(fault))
}

async fn lease_over(
    core: &Core,
    operation: &Operation,
    lookup: Lookup<'_>,
    request: LeaseRequest,
) -> Result<LeaseReply, Fault> {
    let declined = request.declined.map(|token| token.to_string());
    let declined = declined.unwrap_or_default();
    let answers = send_lease(core, operation, lookup, request, &declined).await?;
    let unreadable = match &answers.what {
        Value::Array(answer) => unreadable(&lookup, answer),
        _ => None,
    };
    let answers = match unreadable {
        None => answers,
        // The script takes it for a record, but it cannot be read: it must not block its key.
        Some(filled_by) => send_lease(core, operation, lookup, request, &filled_by).await?,
    };
    reply(core, operation, &lookup, &answers).await
}

/// What LEASE answered, and the map behind it.
struct Answers {
    what: Value,
    map: Map,
}

async fn send_lease(
    core: &Core,
    operation: &Operation,
    lookup: Lookup<'_>,
    request: LeaseRequest,
    declined: &str,
) -> Result<Answers, Fault> {
    let key = core.names.record(lookup.key);
    let (token, length) = (request.token.to_string(), lasting_millis(request.length));
    let fingerprint = fingerprint_word(lookup.fingerprint);
    let call = Call {
        script: Script::Lease,
        key: &key,
        args: &[
            token.as_bytes(),
            length.as_bytes(),
            declined.as_bytes(),
            fingerprint.as_bytes(),
        ],
    };
    // The map behind the lease and before the load: what is invalidated from now on invalidates the load's record.
    let members = members(&[lookup]);
    let answers = operation.script(call, |then| add_map(then, core, &members));
    let mut answers = answers.await?.into_iter();
    let what = answers.next().unwrap_or(Value::Nil);
    let scores = answers.next().unwrap_or(Value::Nil);
    let map = map_of(core, operation, &scores, members).await?;
    Ok(Answers { what, map })
}

async fn reply(
    core: &Core,
    operation: &Operation,
    lookup: &Lookup<'_>,
    answers: &Answers,
) -> Result<LeaseReply, Fault> {
    let no_answer = || Fault::broken("not an answer to LEASE");
    let Value::Array(answer) = &answers.what else {
        return Err(no_answer());
    };
    let Some(Value::BulkString(word)) = answer.first() else {
        return Err(no_answer());
    };
    let record = match record(lookup, answer) {
        Some(record) => judge(core, operation, &answers.map, lookup, record).await?,
        None => None,
    };
    Ok(match (&word[..], record) {
        (b"granted", stale) => LeaseReply::Granted {
            version: answers.map.version,
            stale,
        },
        (b"fresh", Some(record)) => LeaseReply::Fresh(record),
        // One of its tags was invalidated meanwhile: the next read declines it.
        (b"fresh", None) => LeaseReply::Busy {
            left: Duration::ZERO,
        },
        (b"busy", _) => LeaseReply::Busy {
            left: match answer.get(1) {
                Some(Value::Int(left)) => Duration::from_millis(u64::try_from(*left).unwrap_or(0)),
                _ => Duration::ZERO,
            },
        },
        (b"guarded", _) => LeaseReply::Guarded,
        _ => return Err(no_answer()),
    })
}

/// The record in an answer, with the server's time.
fn raw_record(answer: &[Value]) -> Option<(&[u8], u64)> {
    let [_, Value::BulkString(raw), Value::BulkString(now)] = answer else {
        return None;
    };
    Some((raw, std::str::from_utf8(now).ok()?.parse().ok()?))
}

fn record(lookup: &Lookup<'_>, answer: &[Value]) -> Option<Record> {
    let (raw, now) = raw_record(answer)?;
    match parse(raw, &fingerprint_word(lookup.fingerprint), now) {
        Parsed::Record(record) => Some(record),
        _ => None,
    }
}

/// The fill token of a fresh record that cannot be read.
fn unreadable(lookup: &Lookup<'_>, answer: &[Value]) -> Option<String> {
    let is_fresh = matches!(answer.first(), Some(Value::BulkString(word)) if word == b"fresh");
    let (raw, _) = raw_record(answer).filter(|_| is_fresh)?;
    record(lookup, answer)
        .is_none()
        .then(|| filled_by(raw).to_owned())
}

pub(crate) async fn renew(
    core: &Arc<Core>,
    key: RecordKey<'_>,
    token: Token,
    length: Duration,
) -> Result<bool, TierError> {
    let operation = core.operation().await?;
    let key = core.names.record(key);
    let (token, length) = (token.to_string(), lasting_millis(length));
    let args = [token.as_bytes(), length.as_bytes()];
    let kept = operation.call(Script::Renew, &key, &args).await;
    kept.map(|kept| kept == Value::Int(1))
        .map_err(|fault| core.failed(fault))
}

pub(crate) async fn fill(core: &Arc<Core>, fill: Fill<'_>) -> Result<Filled, TierError> {
    let limit = core.config.max_value;
    if fill.payload.len() > limit {
        return Err(TierError::TooLarge { limit });
    }
    let operation = core.delivered_operation().await?;
    let key = core.names.record(fill.key);
    let token = fill.token.to_string();
    let (life, stale) = (millis(fill.life), millis(fill.stale));
    let fingerprint = fingerprint_word(fill.fingerprint);
    let (id, seq) = (fill.version.id.to_string(), fill.version.seq.to_string());
    let tags = tags_word(fill.tags);
    let args = [
        token.as_bytes(),
        life.as_bytes(),
        stale.as_bytes(),
        fingerprint.as_bytes(),
        id.as_bytes(),
        seq.as_bytes(),
        tags.as_bytes(),
        fill.payload,
    ];
    let filled = operation.call(Script::Fill, &key, &args).await;
    match filled.map_err(|fault| core.failed(fault))? {
        Value::BulkString(word) if word == b"stored" => {
            core.counters.fills.add();
            Ok(Filled::Stored)
        }
        Value::BulkString(word) if word == b"late" => Ok(Filled::TooLate),
        _ => {
            core.counters.void_fills.add();
            Ok(Filled::Void)
        }
    }
}

/// Gives a lease back in the background. Failing that, it ends by itself.
pub(crate) fn release(core: &Arc<Core>, key: RecordKey<'_>, token: Token) {
    let (shared, key) = (Arc::clone(core), core.names.record(key));
    core.in_background(async move {
        if let Ok(operation) = shared.operation().await {
            let token = token.to_string();
            let _ = operation
                .call(Script::Release, &key, &[token.as_bytes()])
                .await;
        }
    });
}
