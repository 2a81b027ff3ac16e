//! Text keys and tags: templates, in which no pair of arguments spells another pair.

use std::fmt::{self, Display, Write};
use std::ops::Deref;

use crate::store::Tag;

/// Keys up to this many bytes are looked up without an allocation.
const INLINE: usize = 96;

/// The text of a key template, for one lookup.
#[derive(Debug)]
pub struct Text {
    /// As much as fits; always whole characters.
    inline: [u8; INLINE],
    len: usize,
    /// All of it, where it does not fit.
    spilled: String,
}

/// Renders a key template.
///
/// # Panics
///
/// When a `Display` fails, as `to_string` does: a key cut short would be another call's key, and a tag another group's.
#[must_use]
pub fn text(template: fmt::Arguments<'_>) -> Text {
    let mut text = Text {
        inline: [0; INLINE],
        len: 0,
        spilled: String::new(),
    };
    #[allow(clippy::expect_used, reason = "documented: as `to_string`")]
    text.write_fmt(template)
        .expect("a `Display` implementation returned an error while a cache key or a tag was made");
    text
}

/// Renders a tag template.
///
/// # Panics
///
/// As [`text`].
#[must_use]
pub fn tag(template: fmt::Arguments<'_>) -> Tag {
    Tag::from(&*text(template))
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        if !self.spilled.is_empty() {
            return &self.spilled;
        }
        let inline = self.inline.get(..self.len).unwrap_or_default();
        std::str::from_utf8(inline).unwrap_or_default()
    }
}

impl Write for Text {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        let end = self.len + more.len();
        match self.inline.get_mut(self.len..end) {
            Some(room) if self.spilled.is_empty() => {
                room.copy_from_slice(more.as_bytes());
                self.len = end;
            }
            _ => {
                if self.spilled.is_empty() {
                    self.spilled = String::from(&**self);
                }
                self.spilled.push_str(more);
            }
        }
        Ok(())
    }
}

/// A capture of a template with two or more: `%` and the template's own literal characters are
/// percent-escaped in it, so that what follows a capture cannot be spelled by the capture itself.
pub fn escape<T: Display>(value: T, literals: &'static str) -> Escaped<T> {
    Escaped { value, literals }
}

/// See [`escape`].
#[derive(Clone, Copy, Debug)]
pub struct Escaped<T> {
    value: T,
    literals: &'static str,
}

impl<T: Display> Display for Escaped<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            Escaping {
                to: f,
                literals: self.literals
            },
            "{}",
            self.value
        )
    }
}

struct Escaping<'a, 'f> {
    to: &'a mut fmt::Formatter<'f>,
    literals: &'static str,
}

impl Write for Escaping<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut plain = text;
        while let Some(at) = plain.find(|c| c == '%' || self.literals.contains(c)) {
            let (before, rest) = plain.split_at(at);
            self.to.write_str(before)?;
            let mut chars = rest.chars();
            if let Some(special) = chars.next() {
                for byte in special.encode_utf8(&mut [0; 4]).bytes() {
                    write!(self.to, "%{byte:02X}")?;
                }
            }
            plain = chars.as_str();
        }
        self.to.write_str(plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(a: &str, b: &str) -> String {
        text(format_args!("{}:{}", escape(a, ":"), escape(b, ":"))).to_owned()
    }

    #[test]
    fn a_text_of_any_length_comes_out_whole() {
        for length in [0, 1, INLINE - 1, INLINE, INLINE + 1, 3 * INLINE] {
            let long = "ü".repeat(length);
            assert_eq!(
                &*text(format_args!("{long}:{length}{long}")),
                format!("{long}:{length}{long}")
            );
        }
    }

    #[test]
    fn two_captures_never_spell_another_pair() {
        assert_eq!(pair("a", "b"), "a:b");
        assert_ne!(pair("a:b", "c"), pair("a", "b:c"));
        assert_ne!(pair("a%3Ab", "c"), pair("a:b", "c"));
        assert_eq!(escape("ü/ü", "ü").to_string(), "%C3%BC/%C3%BC");
    }
}
