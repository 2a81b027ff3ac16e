//! A record as it stands in the server: one header line of twelve words, then the payload.
//!
//! ```text
//! ca1 json-4f1c… 7290121 42 60000 0 5d41…c592 - 1763737132000 0 - tenant:acme
//! ```
//!
//! Format, fingerprint, map id, seq, life and stale window in milliseconds, fill token, lease token, the server's time when
//! the lease was granted and until when it lasts, guards, tags. A pure lease has no fill token and no payload; nor
//! have guards.

use std::borrow::Cow;
use std::time::Duration;

use cached_attr_runtime::tier::{MapVersion, Record, Token};

use crate::escape::{escape, unescape};

const FORMAT: &str = "ca1";

/// What stands under a record's key.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Parsed {
    /// A record, its durations not yet known.
    Record(Header, Record),
    Lease(Token),
    Guarded,
    /// Another format, another type's record, or another program's value.
    Foreign,
}

/// What of a header decides about a record's remaining life.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) life: Duration,
    pub(crate) stale: Duration,
}

/// Reads what stands under a key, for a caller who can decode this fingerprint.
pub(crate) fn parse(raw: &[u8], fingerprint: &str) -> Parsed {
    parse_own(raw, fingerprint).unwrap_or(Parsed::Foreign)
}

fn parse_own(raw: &[u8], fingerprint: &str) -> Option<Parsed> {
    let end = raw.iter().position(|&byte| byte == b'\n')?;
    let first_line = std::str::from_utf8(&raw[..end]).ok()?;
    let words: Vec<_> = first_line.split(' ').collect();
    let [
        format,
        own,
        id,
        seq,
        life,
        stale,
        filled,
        lease,
        _,
        _,
        guards,
        tags,
    ] = words[..]
    else {
        return None;
    };
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
        return lease.map(Parsed::Lease);
    }
    let version = MapVersion {
        id: id.parse().ok()?,
        seq: seq.parse().ok()?,
    };
    let mut record = Record::new(raw[end + 1..].to_vec(), filled.parse().ok()?, version);
    record.lease = lease;
    record.tags = parse_tags(tags)?;
    let header = Header {
        life: Duration::from_millis(life.parse().ok()?),
        stale: Duration::from_millis(stale.parse().ok()?),
    };
    Some(Parsed::Record(header, record))
}

impl Header {
    /// Says how long the record lives, by the milliseconds that the server says are left.
    pub(crate) fn date(&self, record: &mut Record, left: i64) {
        let whole = self.life + self.stale;
        let left = match u64::try_from(left) {
            Ok(millis) => Duration::from_millis(millis).min(whole),
            // Another program took its end away.
            Err(_) => whole,
        };
        record.keep_for = left;
        record.fresh_for = left.saturating_sub(self.stale);
        record.age = whole.saturating_sub(left);
    }
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

    #[test]
    fn a_record_is_read_with_its_payload_to_the_last_byte() {
        let raw = line(&format!(
            "ca1 json-1 7 42 60000 500 {TOKEN} - 1000 0 - a%20b,c"
        ));
        let Parsed::Record(header, mut record) = parse(&raw, "json-1") else {
            panic!("not a record");
        };
        assert_eq!(record.payload, b"{\"a\":1}\nmore");
        assert_eq!(record.version, MapVersion { id: 7, seq: 42 });
        assert_eq!(record.tags, ["a b", "c"]);
        header.date(&mut record, 20_500);
        assert_eq!(record.fresh_for, Duration::from_secs(20));
        assert_eq!(record.keep_for, Duration::from_millis(20_500));
        assert_eq!(record.age, Duration::from_secs(40));
        header.date(&mut record, -1);
        assert_eq!(record.keep_for, Duration::from_millis(60_500));
    }

    #[test]
    fn leases_and_guards_are_told_from_records() {
        let lease = line(&format!("ca1 json-1 - 0 0 0 - {TOKEN} 1000 2000 - -"));
        assert_eq!(
            parse(&lease, "json-1"),
            Parsed::Lease(TOKEN.parse().unwrap())
        );
        let guard = line(&format!("ca1 - - 0 0 0 - - 0 0 {TOKEN}@99 -"));
        assert_eq!(parse(&guard, "json-1"), Parsed::Guarded);
    }

    #[test]
    fn whatever_else_stands_there_is_foreign() {
        let good = format!("ca1 json-1 7 42 60000 500 {TOKEN} - 1000 0 - -");
        assert!(matches!(parse(&line(&good), "json-1"), Parsed::Record(..)));
        for raw in [
            line(&good.replace("json-1", "json-2")),
            line(&good.replace("ca1", "ca2")),
            line(&good.replace(TOKEN, "token")),
            line(&good.replace(" 42 ", " -1 ")),
            line(&good.replace(" 60000 ", " 6e4 ")),
            line(&good.replace(" 500 ", " ")),
            line(&format!("{good} ")),
            good.into_bytes(),
            b"".to_vec(),
            b"\n".to_vec(),
            vec![0xff; 100],
        ] {
            assert_eq!(parse(&raw, "json-1"), Parsed::Foreign, "{raw:?}");
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
