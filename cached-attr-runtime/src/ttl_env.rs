//! Lifetimes from the environment.

use std::error::Error;
use std::fmt;
use std::time::Duration;

/// An environment variable named by a `ttl_env` that holds no lifetime.
///
/// The value itself is left out: a variable with the wrong name may hold a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TtlEnvError {
    variable: String,
}

impl TtlEnvError {
    /// The variable's name.
    #[must_use]
    pub fn variable(&self) -> &str {
        &self.variable
    }
}

impl fmt::Display for TtlEnvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the environment variable `{}` holds no lifetime: write whole seconds (`90`) or a duration (`1m 30s`)",
            self.variable
        )
    }
}

impl Error for TtlEnvError {}

/// The lifetime that a variable holds; none where it is not set.
pub(crate) fn read(variable: &str) -> Option<Result<Duration, TtlEnvError>> {
    let value = std::env::var_os(variable)?;
    let parsed = value.to_str().and_then(parse);
    Some(parsed.ok_or_else(|| TtlEnvError {
        variable: variable.to_owned(),
    }))
}

/// Whole seconds, or a duration text.
fn parse(text: &str) -> Option<Duration> {
    let text = text.trim();
    match text.parse::<u64>() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => humantime::parse_duration(text).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_durations_are_understood_and_nothing_else() {
        assert_eq!(parse("90"), Some(Duration::from_secs(90)));
        assert_eq!(parse(" 1m 30s "), Some(Duration::from_secs(90)));
        assert_eq!(parse("0"), Some(Duration::ZERO));
        for wrong in ["", "abc", "-5", "1.5", "5 parsecs"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
