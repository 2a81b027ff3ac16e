//! The map of invalidated tags, as a reader sees it.
//!
//! It is a sorted set with the members `id`, `run`, `floor`, `seq`, and one for each invalidated tag: `t:` and
//! the tag, `fn:` and a function's name, `*` for the namespace. A tag's score is the number of its last invalidation.

use std::collections::HashMap;

use cached_attr_runtime::tier::{MapVersion, Record, Tag, Target, TargetBuf};
use redis::Value;

/// The map's member for an invalidated tag, function or namespace; none for a key.
pub(crate) fn member(target: Target<'_>) -> Option<String> {
    match target {
        Target::Tag(Tag(tag)) => Some(format!("t:{tag}")),
        Target::Function(name) => Some(format!("fn:{name}")),
        Target::Namespace => Some("*".to_owned()),
        _ => None,
    }
}

/// What a member names; none for the reserved ones.
pub(crate) fn target(member: &str) -> Option<TargetBuf> {
    if member == "*" {
        return Some(TargetBuf::Namespace);
    }
    if let Some(tag) = member.strip_prefix("t:") {
        return Some(TargetBuf::Tag(tag.into()));
    }
    let name = member.strip_prefix("fn:")?;
    Some(TargetBuf::Function(name.into()))
}

/// The map's state, and the members that were read with it.
#[derive(Debug)]
pub(crate) struct Map {
    pub(crate) version: MapVersion,
    pub(crate) floor: u64,
    /// Of the tags that were requested: the numbers of their last invalidations.
    tags: HashMap<Box<str>, Option<u64>>,
    /// The same of functions.
    functions: HashMap<Box<str>, Option<u64>>,
    /// That of the namespace, which is requested with each of them.
    namespace: Option<u64>,
}

/// The members that every read requests first.
pub(crate) const STATE: [&str; 3] = ["id", "seq", "floor"];

impl Map {
    /// From the scores of [`STATE`] and of `members`; none where there is no map.
    pub(crate) fn new(scores: &Value, members: Vec<String>) -> Option<Self> {
        let Value::Array(scores) = scores else {
            return None;
        };
        if scores.len() != STATE.len() + members.len() {
            return None;
        }
        let mut scores = scores.iter().map(score);
        let mut next = || scores.next().flatten();
        let version = MapVersion {
            id: next()?,
            seq: next()?,
        };
        let mut map = Map {
            version,
            floor: next()?,
            tags: HashMap::new(),
            functions: HashMap::new(),
            namespace: None,
        };
        for member in members {
            let number = next();
            match target(&member) {
                Some(TargetBuf::Tag(tag)) => drop(map.tags.insert(tag, number)),
                Some(TargetBuf::Function(name)) => drop(map.functions.insert(name, number)),
                Some(_) => map.namespace = number,
                None => {}
            }
        }
        Some(map)
    }

    /// Whether a record was stored after everything that concerns it was invalidated. None where the map was
    /// read without one of its tags.
    pub(crate) fn is_valid(&self, function: &str, record: &Record) -> Option<bool> {
        if record.version.id != self.version.id || record.version.seq < self.floor {
            return Some(false);
        }
        let tags = record.tags.iter().map(|tag| self.tags.get(&**tag));
        let is_before =
            |number: &Option<u64>| number.is_none_or(|number| number <= record.version.seq);
        let mut alive = is_before(&self.namespace);
        for number in tags.chain([self.functions.get(function)]) {
            alive &= is_before(number?);
        }
        Some(alive)
    }
}

/// A score, of which only the amount counts.
pub(crate) fn score(value: &Value) -> Option<u64> {
    let number = match value {
        Value::Double(number) => *number,
        Value::Int(number) => return Some(number.unsigned_abs()),
        Value::BulkString(text) => std::str::from_utf8(text).ok()?.parse().ok()?,
        Value::SimpleString(text) => text.parse().ok()?,
        _ => return None,
    };
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "every score is an integer below 2^53"
    )]
    let amount = number.abs() as u64;
    Some(amount)
}

#[cfg(test)]
mod tests {
    use cached_attr_runtime::tier::Token;

    use super::*;

    fn map(seq: i64, floor: i64, members: &[(&str, Option<i64>)]) -> Map {
        let number = |number: Option<i64>| number.map_or(Value::Nil, Value::Int);
        let mut scores = vec![Value::Double(-7.0), Value::Int(seq), Value::Int(-floor)];
        scores.extend(members.iter().map(|(_, score)| number(*score)));
        let names = members.iter().map(|(name, _)| (*name).to_owned()).collect();
        Map::new(&Value::Array(scores), names).unwrap()
    }

    fn record(id: u64, seq: u64, tags: &[&str]) -> Record {
        let mut record = Record::new(Vec::new(), Token::new(), MapVersion { id, seq });
        record.tags = tags.iter().map(|&tag| tag.to_owned()).collect();
        record
    }

    #[test]
    fn a_record_lives_until_one_of_its_tags_is_invalidated_after_it() {
        let map = map(9, 0, &[("fn:f", None), ("*", Some(2)), ("t:a", Some(5))]);
        assert_eq!(map.is_valid("f", &record(7, 5, &["a"])), Some(true));
        assert_eq!(map.is_valid("f", &record(7, 4, &["a"])), Some(false));
        assert_eq!(map.is_valid("f", &record(7, 4, &[])), Some(true));
        assert_eq!(map.is_valid("f", &record(7, 1, &[])), Some(false));
    }

    #[test]
    fn another_map_and_what_was_trimmed_invalidate_every_record() {
        let map = map(9, 6, &[("fn:f", None), ("*", None)]);
        assert_eq!(map.is_valid("f", &record(8, 9, &[])), Some(false));
        assert_eq!(map.is_valid("f", &record(7, 5, &[])), Some(false));
        assert_eq!(map.is_valid("f", &record(7, 6, &[])), Some(true));
    }

    #[test]
    fn a_map_read_without_a_records_tag_does_not_judge_it() {
        let map = map(9, 0, &[("fn:f", None), ("*", None)]);
        assert_eq!(map.is_valid("f", &record(7, 9, &["a"])), None);
    }

    #[test]
    fn without_an_id_there_is_no_map() {
        let scores = Value::Array(vec![Value::Nil, Value::Nil, Value::Nil]);
        assert!(Map::new(&scores, Vec::new()).is_none());
    }

    #[test]
    fn an_answer_without_all_of_the_scores_is_not_a_map() {
        let scores = Value::Array([7, 9, 0].map(Value::Int).to_vec());
        assert!(Map::new(&scores, vec!["t:a".to_owned()]).is_none());
    }

    #[test]
    fn members_name_their_targets() {
        for target in [Target::tag("a"), Target::Function("f"), Target::Namespace] {
            let member = member(target).unwrap();
            assert_eq!(super::target(&member), Some(target.to_owned()));
        }
        for reserved in ["id", "run", "seq", "floor"] {
            assert_eq!(target(reserved), None);
        }
    }
}
