//! Tokens: who holds a lease, a guard or a leadership.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::str::FromStr;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// 128 bits that no other attempt has: a new one for every lease, guard and leadership that is requested.
///
/// Its text is 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Token(u128);

impl Token {
    /// A token that was never used.
    #[must_use]
    pub fn new() -> Self {
        // SipHash under a key that the operating system drew: distinct counters give unrelated values, in this process
        // and in others.
        static KEYED: LazyLock<RandomState> = LazyLock::new(RandomState::new);
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let count = NEXT.fetch_add(1, Ordering::Relaxed);
        let half = |which: u8| u128::from(KEYED.hash_one((which, count)));
        Token(half(0) << 64 | half(1))
    }

    /// A number below 2^52, for a store whose numbers are floating point.
    #[must_use]
    pub fn random_52() -> u64 {
        #[allow(clippy::cast_possible_truncation, reason = "any of the bits will do")]
        let low = Token::new().0 as u64;
        low >> 12
    }
}

impl Default for Token {
    fn default() -> Self {
        Token::new()
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({self})")
    }
}

/// A text that is not 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAToken;

impl fmt::Display for NotAToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a token is 32 hexadecimal digits")
    }
}

impl std::error::Error for NotAToken {}

impl FromStr for Token {
    type Err = NotAToken;

    fn from_str(text: &str) -> Result<Self, NotAToken> {
        if text.len() != 32 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(NotAToken);
        }
        u128::from_str_radix(text, 16)
            .map(Token)
            .map_err(|_| NotAToken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_survives_its_text() {
        let token = Token::new();
        assert_eq!(token.to_string().parse(), Ok(token));
        assert_eq!("+".repeat(32).parse::<Token>(), Err(NotAToken));
    }

    #[test]
    fn tokens_are_distinct() {
        let tokens: std::collections::HashSet<_> = (0..10_000).map(|_| Token::new()).collect();
        assert_eq!(tokens.len(), 10_000);
    }
}
