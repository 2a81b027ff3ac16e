//! The format of values in the tier.

use std::error::Error;
use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::shape;

/// A format in which values are stored.
pub trait Codec<V>: Send + Sync {
    /// The format's name, and what of the type decides whether old bytes can be read: a record with another
    /// fingerprint counts as absent. No white space.
    fn fingerprint(&self) -> String;

    /// Encodes a value.
    ///
    /// # Errors
    ///
    /// When the value has no form in this format: it is then not stored in the tier.
    fn encode(&self, value: &V) -> Result<Vec<u8>, CodecError>;

    /// Decodes a value.
    ///
    /// # Errors
    ///
    /// When the bytes are not such a value: they count as absent.
    fn decode(&self, bytes: &[u8]) -> Result<V, CodecError>;
}

/// JSON, which can be read with the server's own tools.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Json;

impl<V: Serialize + DeserializeOwned> Codec<V> for Json {
    fn fingerprint(&self) -> String {
        fingerprint::<V>("json")
    }

    fn encode(&self, value: &V) -> Result<Vec<u8>, CodecError> {
        serde_json::to_vec(value).map_err(|error| CodecError::json(&error))
    }

    fn decode(&self, bytes: &[u8]) -> Result<V, CodecError> {
        serde_json::from_slice(bytes).map_err(|error| CodecError::json(&error))
    }
}

/// A fingerprint made of a format's name and of the names and types of the fields that `V` deserializes from.
///
/// Adding, removing, renaming or retyping a field changes it, also in a nested type; of an enum's variants the names
/// count, and the fields of the first. What a hand-written `Deserialize` reads is not seen beyond what it requests.
#[must_use]
pub fn fingerprint<V: DeserializeOwned>(format: &str) -> String {
    format!("{format}-{:016x}", shape::hash::<V>())
}

/// A value that could not be encoded or decoded. Its text has neither value nor key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodecError(String);

impl CodecError {
    /// An error with this text, which must not quote the value.
    pub fn new(message: impl Into<String>) -> Self {
        CodecError(message.into())
    }

    fn json(error: &serde_json::Error) -> Self {
        // serde_json's own text may quote what it found.
        CodecError(format!(
            "{:?} error in JSON at line {} column {}",
            error.classify(),
            error.line(),
            error.column()
        ))
    }
}

impl fmt::Display for CodecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for CodecError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cached_none_has_bytes_of_its_own() {
        let bytes = Json.encode(&None::<u32>).unwrap();
        assert_eq!(bytes, b"null");
        assert_eq!(Codec::<Option<u32>>::decode(&Json, &bytes), Ok(None));
    }

    #[test]
    fn an_error_does_not_quote_the_value() {
        let error = Codec::<u32>::decode(&Json, b"\"secret\"").unwrap_err();
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}
