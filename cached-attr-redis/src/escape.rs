//! Percent-escaping of names and words.

use std::fmt::Write as _;

/// Escapes what `keep` refuses, and `%` itself, byte by byte.
pub(crate) fn escape(text: &str, keep: impl Fn(char) -> bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if character != '%' && keep(character) {
            escaped.push(character);
        } else {
            for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                // Writing into a String cannot fail.
                let _ = write!(escaped, "%{byte:02X}");
            }
        }
    }
    escaped
}

/// The text that [`escape`] was given; none where it gave no such text.
pub(crate) fn unescape(escaped: &str) -> Option<String> {
    if !escaped.contains('%') {
        return Some(escaped.to_owned());
    }
    let mut bytes = Vec::with_capacity(escaped.len());
    let mut rest = escaped.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let high = char::from(rest.next()?).to_digit(16)?;
            let low = char::from(rest.next()?).to_digit(16)?;
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_escaped_comes_back() {
        for text in ["", "plain", "a:b", "50% ü\n", "%41"] {
            let escaped = escape(text, |character| character.is_ascii_alphanumeric());
            assert!(
                escaped
                    .bytes()
                    .all(|byte| byte == b'%' || byte.is_ascii_alphanumeric())
            );
            assert_eq!(unescape(&escaped).as_deref(), Some(text));
        }
    }

    #[test]
    fn what_was_never_escaped_is_refused() {
        for text in ["%", "%4", "%zz", "%FF", "%+1"] {
            assert_eq!(unescape(text), None, "{text}");
        }
    }
}
