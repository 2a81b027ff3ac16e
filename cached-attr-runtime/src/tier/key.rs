//! What a record is found by.

use std::fmt::{self, Display, Write as _};

/// A record's place: the name of a cached function, and the text of a key.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RecordKey<'a> {
    /// The function's name among all that share the tier's namespace.
    pub name: &'a str,
    /// The text of the key, made by [`key_text`] or by a text key.
    pub key: &'a str,
}

/// A name without its key, which may be personal data.
impl fmt::Debug for RecordKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordKey")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// What a read or a lease is requested for.
#[derive(Clone, Copy, Debug)]
pub struct Lookup<'a> {
    /// Which record.
    pub key: RecordKey<'a>,
    /// The format and type that the caller can decode; a record with another one counts as absent.
    pub fingerprint: &'a str,
    /// The tags that are known before the load. A record may have more.
    pub tags: &'a [String],
}

/// The text of a key of several parts: no part can imitate another key.
///
/// One part stands to the letter. Several are joined by `:`, with `%` and `:` in each percent-escaped; none at
/// all is the empty text.
///
/// ```
/// use cached_attr_runtime::tier::key_text;
///
/// assert_eq!(key_text(&[&"LOQ"]), "LOQ");
/// assert_eq!(key_text(&[&"a:b", &7]), "a%3Ab:7");
/// assert_ne!(key_text(&[&"a:b", &"c"]), key_text(&[&"a", &"b:c"]));
/// ```
#[must_use]
pub fn key_text(parts: &[&dyn Display]) -> String {
    if let [part] = parts {
        return part.to_string();
    }
    let mut text = Escaped(String::new());
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            text.0.push(':');
        }
        // Writing into a String cannot fail; a part whose Display fails ends early, and is still escaped.
        let _ = write!(text, "{part}");
    }
    text.0
}

struct Escaped(String);

impl fmt::Write for Escaped {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            match character {
                '%' => self.0.push_str("%25"),
                ':' => self.0.push_str("%3A"),
                other => self.0.push(other),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cannot_imitate_each_other() {
        assert_eq!(key_text(&[]), "");
        assert_eq!(key_text(&[&"a:b"]), "a:b");
        assert_eq!(key_text(&[&"", &""]), ":");
        assert_eq!(key_text(&[&"50%", &"x"]), "50%25:x");
        assert_ne!(key_text(&[&"a%3A", &"b"]), key_text(&[&"a:", &"b"]));
    }

    #[test]
    fn debug_output_has_no_key() {
        let key = RecordKey {
            name: "script",
            key: "patient-77",
        };
        assert!(!format!("{key:?}").contains("patient"));
    }
}
