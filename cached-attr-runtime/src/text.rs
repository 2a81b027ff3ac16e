//! Text keys: templates, in which no pair of arguments spells another pair.

use std::fmt::{self, Display, Write};

/// The text of a key template.
#[must_use]
pub fn text(template: fmt::Arguments<'_>) -> String {
    template.to_string()
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
        text(format_args!("{}:{}", escape(a, ":"), escape(b, ":")))
    }

    #[test]
    fn two_captures_never_spell_another_pair() {
        assert_eq!(pair("a", "b"), "a:b");
        assert_ne!(pair("a:b", "c"), pair("a", "b:c"));
        assert_ne!(pair("a%3Ab", "c"), pair("a:b", "c"));
        assert_eq!(escape("ü/ü", "ü").to_string(), "%C3%BC/%C3%BC");
    }
}
