//! An instrument's name.

use std::fmt;

use serde::Deserialize;

/// An instrument's name in capital letters, however it was written: `loq` and `LOQ` are one key and one row.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq)]
#[serde(from = "String")]
pub struct Instrument(String);

impl Instrument {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for Instrument {
    fn from(name: String) -> Self {
        Self(name.to_uppercase())
    }
}

impl From<&str> for Instrument {
    fn from(name: &str) -> Self {
        Self(name.to_uppercase())
    }
}

impl fmt::Display for Instrument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
