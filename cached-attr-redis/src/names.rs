//! The names of the server's keys.
//!
//! `{namespace}:r:{name}:{key}` is a record, `{namespace}:m` the map of invalidated tags, `{namespace}:l:{key}` a
//! leader and `{namespace}:p:{token}` the probe that proves that pushes arrive. In a cluster the namespace stands in
//! braces: what is in the first braces of a name decides alone which slot it is in.

use std::borrow::Cow;
use std::fmt::Write as _;

use cached_attr_runtime::tier::{RecordKey, Token};
use sha2::{Digest, Sha256};

use crate::escape::{escape, unescape};

/// Longer texts are hashed.
const LONGEST: usize = 400;
/// What a hashed text begins with. A text that begins so by itself is hashed too, so that none imitates a hash.
const HASHED: &str = "sha256~";

/// The names in one namespace.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    prefix: String,
    map: String,
}

/// What a key of the server is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Named<'a> {
    Record(Cow<'a, str>, &'a str),
    Map,
    Probe(&'a str),
    Other,
}

impl Names {
    pub(crate) fn new(namespace: &str) -> Self {
        Names {
            prefix: format!("{namespace}:"),
            map: format!("{namespace}:m"),
        }
    }

    /// All of them in one slot of a cluster. A namespace has no braces of its own.
    pub(crate) fn in_one_slot(namespace: &str) -> Self {
        Names::new(&format!("{{{namespace}}}"))
    }

    /// What every key begins with.
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    pub(crate) fn map(&self) -> &str {
        &self.map
    }

    pub(crate) fn record(&self, key: RecordKey<'_>) -> String {
        self.canonical_record(key.name, &canonical(key.key))
    }

    /// The record of a key whose text is canonical already.
    pub(crate) fn canonical_record(&self, name: &str, text: &str) -> String {
        record_of(&self.records(name), text)
    }

    /// What the records of a function are called: that of the empty text.
    fn records(&self, name: &str) -> String {
        format!("{}r:{}", self.prefix, escape(name, is_plain))
    }

    /// The records of several keys, most of which have the name of the one before.
    pub(crate) fn each_record<'a>(
        &self,
        keys: impl Iterator<Item = RecordKey<'a>>,
    ) -> impl Iterator<Item = String> {
        let mut last = None;
        keys.map(move |key| {
            let (_, records) = match last.take().filter(|(name, _)| *name == key.name) {
                Some(known) => last.insert(known),
                None => last.insert((key.name, self.records(key.name))),
            };
            record_of(records, &canonical(key.key))
        })
    }

    pub(crate) fn leader(&self, key: &str) -> String {
        format!("{}l:{}", self.prefix, canonical(key))
    }

    pub(crate) fn probe(&self, token: Token) -> String {
        format!("{}p:{token}", self.prefix)
    }

    /// What a key that changed is.
    pub(crate) fn parse<'a>(&self, key: &'a str) -> Named<'a> {
        if key == self.map {
            return Named::Map;
        }
        let Some((kind, rest)) = key
            .strip_prefix(&self.prefix)
            .and_then(|key| key.split_once(':'))
        else {
            return Named::Other;
        };
        match kind {
            "r" => {
                let (name, text) = rest.split_once(':').unwrap_or((rest, ""));
                match unescape(name) {
                    Some(name) => Named::Record(Cow::Owned(name), text),
                    None => Named::Other,
                }
            }
            "p" => Named::Probe(rest),
            _ => Named::Other,
        }
    }
}

fn record_of(records: &str, text: &str) -> String {
    if text.is_empty() {
        records.to_owned()
    } else {
        [records, ":", text].concat()
    }
}

/// A name's characters that stand for themselves: `a::b` is written `a%3A%3Ab`.
fn is_plain(character: char) -> bool {
    character != ':' && !character.is_whitespace() && !character.is_control()
}

/// A key's text as it stands in the server's key: to the letter, or its hash when it is long.
pub(crate) fn canonical(text: &str) -> Cow<'_, str> {
    if text.len() <= LONGEST && !text.starts_with(HASHED) {
        return Cow::Borrowed(text);
    }
    let hash = Sha256::digest(text.as_bytes());
    let mut hashed = String::from(HASHED);
    for byte in hash {
        // Writing into a String cannot fail.
        let _ = write!(hashed, "{byte:02x}");
    }
    Cow::Owned(hashed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(name: &str, key: &str) -> String {
        Names::new("shop").record(RecordKey { name, key })
    }

    #[test]
    fn records_are_named_as_people_expect() {
        assert_eq!(record("script", "LOQ"), "shop:r:script:LOQ");
        assert_eq!(record("configs", ""), "shop:r:configs");
        assert_eq!(record("spec", "a:b c"), "shop:r:spec:a:b c");
        assert_eq!(record("app::script", "1"), "shop:r:app%3A%3Ascript:1");
    }

    #[test]
    fn no_key_reaches_another_functions_records() {
        assert_ne!(record("a", "b:c"), record("a:b", "c"));
        assert_ne!(record("a%3Ab", "c"), record("a:b", "c"));
    }

    #[test]
    fn every_name_in_a_cluster_begins_with_the_same_braces() {
        let names = Names::in_one_slot("shop");
        let key = RecordKey {
            name: "a{b}",
            key: "{c}",
        };
        let record = names.record(key);
        assert_eq!(record, "{shop}:r:a{b}:{c}");
        assert_eq!(
            names.parse(&record),
            Named::Record(Cow::Borrowed("a{b}"), "{c}")
        );
        assert_eq!(names.parse("{shop}:m"), Named::Map);
        assert_eq!(names.parse("shop:m"), Named::Other);
        for name in [
            names.map(),
            names.prefix(),
            &names.leader("seed"),
            &names.probe(Token::new()),
        ] {
            assert!(name.starts_with("{shop}:"), "{name}");
        }
    }

    #[test]
    fn long_keys_are_hashed_and_no_key_imitates_a_hash() {
        let long = canonical(&"x".repeat(401)).into_owned();
        assert_eq!(long.len(), HASHED.len() + 64);
        assert_ne!(canonical(&long), long);
        assert_eq!(canonical(&"x".repeat(400)).len(), 400);
    }

    #[test]
    fn a_changed_key_is_recognized() {
        let names = Names::new("shop");
        let own = |name: &'static str, key| Named::Record(Cow::Borrowed(name), key);
        assert_eq!(
            names.parse("shop:r:app%3A%3Aspec:a:b"),
            own("app::spec", "a:b")
        );
        assert_eq!(names.parse("shop:r:configs"), own("configs", ""));
        assert_eq!(names.parse("shop:m"), Named::Map);
        assert_eq!(names.parse("shop:p:12"), Named::Probe("12"));
        for other in ["shop:l:seed", "shopping:m", "shop:r", "shop:", "shop:r:%"] {
            assert_eq!(names.parse(other), Named::Other, "{other}");
        }
    }
}
