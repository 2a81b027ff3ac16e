//! Reading records, each judged by the map that was read right after it.

use std::sync::Arc;

use cached_attr_runtime::tier::{Found, Lookup, Reading, Record, Target, TierError};
use redis::{Pipeline, Value};

use crate::core::Core;
use crate::fault::Fault;
use crate::follow::ensure_map;
use crate::header::{Parsed, fingerprint_word, parse};
use crate::link::Link;
use crate::map::{Map, STATE, member};

/// Reads records and the map in one round trip; in a second one where a record has tags that were not expected.
pub(crate) async fn read(
    core: &Arc<Core>,
    lookups: &[Lookup<'_>],
) -> Result<Vec<Reading>, TierError> {
    let link = core.delivered_link().await?;
    let readings = read_over(core, &link, lookups).await;
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
    link: &Link,
    lookups: &[Lookup<'_>],
) -> Result<Vec<Reading>, Fault> {
    let mut commands = Pipeline::with_capacity(lookups.len() * 4 + 1);
    for lookup in lookups {
        add_get(&mut commands, &core.names.record(lookup.key));
    }
    // Behind the records: what is invalidated in between kills them.
    let members = members(lookups);
    add_map(&mut commands, core, &members);
    let mut answers = link.send(&commands).await?;
    let scores = answers
        .pop()
        .ok_or_else(|| Fault::broken("an answer is missing"))?;
    let map = map_of(core, link, &scores, members).await?;
    let mut readings = Vec::with_capacity(lookups.len());
    for (lookup, answers) in lookups.iter().zip(answers.chunks_exact(4)) {
        let found = match found(lookup, &answers[3])? {
            Found::Record(record) => judge(core, link, &map, lookup, record).await?,
            found => found,
        };
        readings.push(Reading {
            found,
            version: map.version,
        });
    }
    Ok(readings)
}

/// A record and what is left of it belong together: another one must not come in between.
fn add_get(commands: &mut Pipeline, key: &str) {
    commands.cmd("MULTI");
    commands.cmd("GET").arg(key);
    commands.cmd("PTTL").arg(key);
    commands.cmd("EXEC");
}

/// The map's members that concern these lookups.
pub(crate) fn members(lookups: &[Lookup<'_>]) -> Vec<String> {
    let tags = lookups
        .iter()
        .flat_map(|lookup| lookup.tags)
        .map(|tag| Target::tag(tag));
    let functions = lookups
        .iter()
        .map(|lookup| Target::Function(lookup.key.name));
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

/// The map that was read; a new one where there is none, under which every record is dead.
pub(crate) async fn map_of(
    core: &Core,
    link: &Link,
    scores: &Value,
    members: Vec<String>,
) -> Result<Map, Fault> {
    match Map::new(scores, members) {
        Some(map) => Ok(map),
        None => ensure_map(core, link).await,
    }
}

/// A record that its tags have not killed, or that there is none of use.
pub(crate) async fn judge(
    core: &Core,
    link: &Link,
    map: &Map,
    lookup: &Lookup<'_>,
    record: Record,
) -> Result<Found, Fault> {
    let mut is_alive = map.is_alive(lookup.key.name, &record);
    if is_alive.is_none() {
        let with_its_tags = Lookup {
            tags: &record.tags,
            ..*lookup
        };
        let map = read_map(core, link, members(&[with_its_tags])).await?;
        is_alive = map.is_alive(lookup.key.name, &record);
    }
    Ok(match is_alive {
        Some(true) => Found::Record(record),
        _ => Found::Nothing {
            declined: Some(record.filled_by),
        },
    })
}

async fn read_map(core: &Core, link: &Link, members: Vec<String>) -> Result<Map, Fault> {
    let mut commands = Pipeline::new();
    add_map(&mut commands, core, &members);
    let answers = link.send(&commands).await?;
    let scores = answers.first().unwrap_or(&Value::Nil);
    map_of(core, link, scores, members).await
}

/// What a transaction of GET and PTTL found.
fn found(lookup: &Lookup<'_>, answer: &Value) -> Result<Found, Fault> {
    let Value::Array(answers) = answer else {
        return Err(
            Fault::in_value(answer).unwrap_or_else(|| Fault::broken("not an answer to EXEC"))
        );
    };
    // Another type of key, or none at all, is nothing.
    let (Some(Value::BulkString(raw)), Some(&Value::Int(left))) = (answers.first(), answers.get(1))
    else {
        return Ok(Found::Nothing { declined: None });
    };
    // Expired within this very transaction.
    if left == 0 || left == -2 {
        return Ok(Found::Nothing { declined: None });
    }
    Ok(match parse(raw, &fingerprint_word(lookup.fingerprint)) {
        Parsed::Record(header, mut record) => {
            header.date(&mut record, left);
            Found::Record(record)
        }
        Parsed::Lease(lease) => Found::Leased {
            lease,
            left: std::time::Duration::from_millis(left.unsigned_abs()),
        },
        Parsed::Guarded => Found::Guarded,
        Parsed::Foreign => Found::Nothing { declined: None },
    })
}
