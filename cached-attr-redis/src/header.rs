//! A record as it stands in the server: one header line of thirteen words, then the payload.
//!
//! ```text
//! ca1 json-4f1c… 7290121 42 60000 0 5d41…c592 1763737132000 - 0 0 - tenant:acme
//! ```
//!
//! Format, fingerprint, map id, seq, life and stale window in milliseconds, fill token, the server's time when its load
//! began; lease token, the server's time when the lease was granted and until when it lasts; guards; tags. A pure lease
//! has no fill token and no payload; nor have guards. Only the server's own clock is compared with these times.

use std::borrow::Cow;
use std::time::Duration;

use cached_attr_runtime::tier::{MapVersion, Record, Token};

use crate::escape::{escape, unescape};

const FORMAT: &str = "ca1";

/// What stands under a record's key.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Parsed {
    Record(Record),
    Lease {
        lease: Token,
        left: Duration,
    },
    Guarded,
    /// Nothing of use: another format or type, another program's value, or a record past its end.
    Foreign,
}

/// Reads what stands under a key at this time of the server, for a caller who can decode this fingerprint.
pub(crate) fn parse(raw: &[u8], fingerprint: &str, now: u64) -> Parsed {
    parse_own(raw, fingerprint, now).unwrap_or(Parsed::Foreign)
}

fn parse_own(raw: &[u8], fingerprint: &str, now: u64) -> Option<Parsed> {
    let (words, payload) = split(raw)?;
    let [
        format,
        own,
        id,
        seq,
        life,
        stale,
        filled,
        dated,
        lease,
        _,
        until,
        guards,
        tags,
    ] = words;
    if format != FORMAT {
        return None;
    }
    if guards != "-" {
        return Some(Parsed::Guarded);
    }
    if own != fingerprint {
        return None;
    }
    let lease = if lease == "-" {
        None
    } else {
        Some(lease.parse().ok()?)
    };
    if filled == "-" {
        let until: u64 = until.parse().ok()?;
        let left = Duration::from_millis(until.saturating_sub(now));
        return lease.map(|lease| Parsed::Lease { lease, left });
    }
    let version = MapVersion {
        id: id.parse().ok()?,
        seq: seq.parse().ok()?,
    };
    let mut record = Record::new(payload.to_vec(), filled.parse().ok()?, version);
    record.lease = lease;
    record.tags = parse_tags(tags)?;
    let (life, stale) = (millis(life)?, millis(stale)?);
    // Dated in the future: the server's clock was set back.
    let age = Duration::from_millis(now.saturating_sub(dated.parse().ok()?));
    record.age = age;
    record.fresh_for = life.saturating_sub(age);
    record.keep_for = life.checked_add(stale)?.saturating_sub(age);
    (!record.keep_for.is_zero()).then_some(Parsed::Record(record))
}

fn millis(word: &str) -> Option<Duration> {
    word.parse().ok().map(Duration::from_millis)
}

/// The words of the header, and what is behind it.
fn split(raw: &[u8]) -> Option<([&str; 13], &[u8])> {
    let end = raw.iter().position(|&byte| byte == b'\n')?;
    let mut rest = std::str::from_utf8(&raw[..end]).ok()?.split(' ');
    let mut words = [""; 13];
    for word in &mut words {
        *word = rest.next()?;
    }
    rest.next().is_none().then_some((words, &raw[end + 1..]))
}

/// The token by which a lease declines this record, whatever else is wrong with it.
pub(crate) fn filled_by(raw: &[u8]) -> &str {
    split(raw).map_or("", |(words, _)| words[6])
}

/// A fingerprint as one word.
pub(crate) fn fingerprint_word(fingerprint: &str) -> Cow<'_, str> {
    let is_word = |character: char| !character.is_whitespace() && !character.is_control();
    if !fingerprint.is_empty() && fingerprint.chars().all(is_word) {
        return Cow::Borrowed(fingerprint);
    }
    // Not a fingerprint as it should be: no other word has this character in front.
    Cow::Owned(format!("%{}", escape(fingerprint, is_word)))
}

/// The tags as one word.
pub(crate) fn tags_word(tags: &[String]) -> String {
    if tags.is_empty() {
        return "-".to_owned();
    }
    let words: Vec<_> = tags.iter().map(|tag| tag_word(tag)).collect();
    words.join(",")
}

fn tag_word(tag: &str) -> String {
    match tag {
        // Neither is what `escape` makes: an escape has two digits.
        "" => "%".to_owned(),
        "-" => "%2D".to_owned(),
        tag => escape(tag, |character| {
            character != ',' && !character.is_whitespace() && !character.is_control()
        }),
    }
}

fn parse_tags(word: &str) -> Option<Vec<String>> {
    if word == "-" {
        return Some(Vec::new());
    }
    let tag = |word| match word {
        "%" => Some(String::new()),
        word => unescape(word),
    };
    word.split(',').map(tag).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "000102030405060708090a0b0c0d0e0f";

    fn line(words: &str) -> Vec<u8> {
        format!("{words}\n{{\"a\":1}}\nmore").into_bytes()
    }

    fn record() -> String {
        format!("ca1 json-1 7 42 60000 500 {TOKEN} 1000 - 0 0 - a%20b,c")
    }

    #[test]
    fn a_record_is_read_with_its_payload_to_the_last_byte() {
        let Parsed::Record(record) = parse(&line(&record()), "json-1", 41_000) else {
            panic!("not a record");
        };
        assert_eq!(record.payload, b"{\"a\":1}\nmore");
        assert_eq!(record.version, MapVersion { id: 7, seq: 42 });
        assert_eq!(record.tags, ["a b", "c"]);
        assert_eq!(record.fresh_for, Duration::from_secs(20));
        assert_eq!(record.keep_for, Duration::from_millis(20_500));
        assert_eq!(record.age, Duration::from_secs(40));
    }

    #[test]
    fn a_record_ends_by_the_servers_clock() {
        let stale = parse(&line(&record()), "json-1", 61_100);
        assert!(matches!(stale, Parsed::Record(record) if !record.is_fresh()));
        assert_eq!(parse(&line(&record()), "json-1", 61_500), Parsed::Foreign);
        let Parsed::Record(future) = parse(&line(&record()), "json-1", 0) else {
            panic!("not a record");
        };
        assert_eq!(future.fresh_for, Duration::from_secs(60));
    }

    #[test]
    fn leases_and_guards_are_not_records() {
        let lease = line(&format!("ca1 json-1 - 0 0 0 - 0 {TOKEN} 1000 2000 - -"));
        let expected = Parsed::Lease {
            lease: TOKEN.parse().unwrap(),
            left: Duration::from_secs(1),
        };
        assert_eq!(parse(&lease, "json-1", 1_000), expected);
        let guard = line(&format!("ca1 - - 0 0 0 - 0 - 0 0 {TOKEN}@99 -"));
        assert_eq!(parse(&guard, "json-1", 0), Parsed::Guarded);
    }

    #[test]
    fn whatever_else_stands_there_is_foreign() {
        let good = record();
        assert!(matches!(
            parse(&line(&good), "json-1", 0),
            Parsed::Record(_)
        ));
        for raw in [
            line(&good.replace("json-1", "json-2")),
            line(&good.replace("ca1", "ca2")),
            line(&good.replace(TOKEN, "token")),
            line(&good.replace(" 42 ", " -1 ")),
            line(&good.replace(" 60000 ", " 6e4 ")),
            line(&good.replace(" 500 ", " ")),
            line(&good.replace("%20", "%zz")),
            line(&format!("{good} ")),
            good.into_bytes(),
            b"".to_vec(),
            b"\n".to_vec(),
            vec![0xff; 100],
        ] {
            assert_eq!(parse(&raw, "json-1", 1_000), Parsed::Foreign, "{raw:?}");
        }
    }

    #[test]
    fn tags_survive_their_word() {
        let lists: [&[&str]; 7] = [
            &[],
            &[""],
            &["-"],
            &["", "-"],
            &["a,b", "c d"],
            &["%"],
            &["ü\n"],
        ];
        for tags in lists {
            let tags: Vec<_> = tags.iter().map(|&tag| tag.to_owned()).collect();
            let word = tags_word(&tags);
            assert!(!word.is_empty() && !word.contains([' ', '\n']), "{word}");
            assert_eq!(parse_tags(&word), Some(tags));
        }
    }
}
