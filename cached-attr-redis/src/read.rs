//! Reading records, each judged by the map that was read right after it.

use std::sync::Arc;

use cached_attr_runtime::tier::{Found, Lookup, Reading, Record, Target, TierError};
use redis::{Pipeline, Value};

use crate::core::Core;
use crate::fault::{Fault, FaultKind};
use crate::follow::ensure_map;
use crate::header::{Parsed, fingerprint_word, parse};
use crate::link::Operation;
use crate::map::{Map, STATE, member};

/// Reads records and the map in one round trip; in a second one where a record has tags that were not expected.
pub(crate) async fn read(
    core: &Arc<Core>,
    lookups: &[Lookup<'_>],
) -> Result<Vec<Reading>, TierError> {
    let operation = core.delivered_operation().await?;
    let readings = read_over(core, &operation, lookups).await;
    let readings = readings.map_err(|fault| core.failed(fault))?;
    for reading in &readings {
        match reading.found {
            Found::Record(_) => core.counters.hits.add(),
            _ => core.counters.misses.add(),
        }
    }
    Ok(readings)
}

async fn read_over(
    core: &Core,
    operation: &Operation,
    lookups: &[Lookup<'_>],
) -> Result<Vec<Reading>, Fault> {
    let mut commands = Pipeline::new();
    // In front of the records: what they have left is less than what is said, never more.
    commands.cmd("TIME");
    commands.cmd(if lookups.len() == 1 { "GET" } else { "MGET" });
    let keys = lookups.iter().map(|lookup| lookup.key);
    for record in core.names.each_record(keys) {
        commands.arg(record);
    }
    // Behind the records: what is invalidated in between applies to them.
    let members = members(lookups);
    add_map(&mut commands, core, &members);
    let answers = operation.send(&commands).await?;
    let [time, records, scores] = &answers[..] else {
        return Err(Fault::broken("an answer is missing"));
    };
    let map = map_of(core, operation, scores, members).await?;
    let now =
        millis_of_time(time).ok_or_else(|| Fault::refused("the server does not say the time"))?;
    let records = records_of(records, lookups.len())?;
    let found = lookups.iter().zip(records);
    let found: Vec<_> = found
        .map(|(lookup, raw)| found_at(lookup, raw, now))
        .collect();
    let version = map.version;
    let found = judge_all(core, operation, &map, lookups, found).await?;
    Ok(found
        .into_iter()
        .map(|found| Reading { found, version })
        .collect())
}

/// The answers to GET or MGET. Another type of key is an error of GET, and nothing to MGET.
fn records_of(answer: &Value, count: usize) -> Result<&[Value], Fault> {
    let records = match answer {
        Value::Array(records) => records,
        record => std::slice::from_ref(record),
    };
    match Fault::in_value(answer) {
        Some(fault) if fault.kind == FaultKind::Broken || count > 1 => Err(fault),
        _ if records.len() != count => Err(Fault::broken("an answer is missing")),
        _ => Ok(records),
    }
}

/// The answer to TIME: seconds and microseconds.
fn millis_of_time(answer: &Value) -> Option<u64> {
    let Value::Array(parts) = answer else {
        return None;
    };
    let part = |index: usize| match parts.get(index) {
        Some(Value::BulkString(text)) => std::str::from_utf8(text).ok()?.parse::<u64>().ok(),
        _ => None,
    };
    Some(part(0)? * 1_000 + part(1)? / 1_000)
}

/// The map's members that concern these lookups.
pub(crate) fn members(lookups: &[Lookup<'_>]) -> Vec<String> {
    let mut names: Vec<_> = lookups.iter().map(|lookup| lookup.key.name).collect();
    // Those of a batch are the same.
    names.dedup();
    let functions = names.into_iter().map(Target::Function);
    let tags = lookups.iter().flat_map(|lookup| lookup.tags);
    let tags = tags.map(|tag| Target::tag(tag));
    let mut members: Vec<_> = functions
        .chain(tags)
        .chain([Target::Namespace])
        .filter_map(member)
        .collect();
    members.sort_unstable();
    members.dedup();
    members
}

pub(crate) fn add_map(commands: &mut Pipeline, core: &Core, members: &[String]) {
    commands
        .cmd("ZMSCORE")
        .arg(core.names.map())
        .arg(&STATE)
        .arg(members);
}

/// The map that was read; a new one where there is none, under which every record is invalid.
pub(crate) async fn map_of(
    core: &Core,
    operation: &Operation,
    scores: &Value,
    members: Vec<String>,
) -> Result<Map, Fault> {
    match Map::new(scores, members) {
        Some(map) => Ok(map),
        None => ensure_map(core, operation).await,
    }
}

/// Replaces invalidated records by [`Found::Nothing`].
async fn judge_all(
    core: &Core,
    operation: &Operation,
    map: &Map,
    lookups: &[Lookup<'_>],
    found: Vec<Found>,
) -> Result<Vec<Found>, Fault> {
    // Those with tags that nobody expected: a load may have named them.
    let unknown: Vec<_> = lookups
        .iter()
        .zip(&found)
        .filter_map(|(lookup, found)| match found {
            Found::Record(record) if map.is_valid(lookup.key.name, record).is_none() => {
                Some(Lookup {
                    tags: &record.tags,
                    ..*lookup
                })
            }
            _ => None,
        })
        .collect();
    let more = if unknown.is_empty() {
        None
    } else {
        Some(read_map(core, operation, members(&unknown)).await?)
    };
    let is_valid = |lookup: &Lookup<'_>, record: &Record| {
        let name = lookup.key.name;
        let known = map.is_valid(name, record);
        known.or_else(|| more.as_ref()?.is_valid(name, record)) == Some(true)
    };
    let judged = lookups
        .iter()
        .zip(found)
        .map(|(lookup, found)| match found {
            Found::Record(record) if !is_valid(lookup, &record) => Found::Nothing {
                declined: Some(record.filled_by),
            },
            found => found,
        });
    Ok(judged.collect())
}

/// The same for one record: none where it is invalid.
pub(crate) async fn judge(
    core: &Core,
    operation: &Operation,
    map: &Map,
    lookup: &Lookup<'_>,
    record: Record,
) -> Result<Option<Record>, Fault> {
    let found = vec![Found::Record(record)];
    let mut judged = judge_all(core, operation, map, &[*lookup], found).await?;
    Ok(match judged.pop() {
        Some(Found::Record(record)) => Some(record),
        _ => None,
    })
}

async fn read_map(core: &Core, operation: &Operation, members: Vec<String>) -> Result<Map, Fault> {
    let mut commands = Pipeline::new();
    add_map(&mut commands, core, &members);
    let answers = operation.send(&commands).await?;
    let scores = answers.first().unwrap_or(&Value::Nil);
    map_of(core, operation, scores, members).await
}

/// What stood under a key at this time.
fn found_at(lookup: &Lookup<'_>, answer: &Value, now: u64) -> Found {
    // Another type of key, or none at all, is nothing.
    let Value::BulkString(raw) = answer else {
        return Found::Nothing { declined: None };
    };
    match parse(raw, &fingerprint_word(lookup.fingerprint), now) {
        Parsed::Record(record) => Found::Record(record),
        Parsed::Lease { lease, left } => Found::Leased { lease, left },
        Parsed::Guarded => Found::Guarded,
        Parsed::Foreign => Found::Nothing { declined: None },
    }
}
