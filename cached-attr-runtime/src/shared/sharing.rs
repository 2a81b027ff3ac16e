//! What a `shared` function says of its keys and values, their types erased.

use std::any::Any;
use std::sync::OnceLock;

use crate::cache::CacheValue;
use crate::clock::NEVER;
use crate::entry::{EntryMeta, KeyValue, SharedEntry};
use crate::key::CacheKey;
use crate::store::OwnedKey;
use crate::tier::{Codec, CodecError};

type KeyText = Box<dyn Fn(&dyn Any) -> String + Send + Sync>;

/// The settings of a shared cache.
pub(crate) struct Sharing {
    key_text: KeyText,
    format: Box<dyn Format>,
    fingerprint: OnceLock<String>,
    /// For how long a copy may be kept in memory, in nanoseconds.
    pub(crate) local_ttl: u64,
}

/// A codec whose types are erased.
trait Format: Send + Sync {
    fn fingerprint(&self) -> String;
    fn encode(&self, value: &dyn Any) -> Result<Vec<u8>, CodecError>;
    fn decode(&self, bytes: &[u8]) -> Result<Box<dyn AnyValue>, CodecError>;
}

/// A decoded value.
pub(crate) trait AnyValue: Any + Send + Sync {
    /// The value as any.
    fn as_any(&self) -> &dyn Any;
    /// The entry of this value under a key.
    fn into_entry(self: Box<Self>, key: &OwnedKey, meta: &EntryMeta) -> Option<SharedEntry>;
}

struct Typed<K, V, C> {
    codec: C,
    types: std::marker::PhantomData<fn() -> (K, V)>,
}

struct Decoded<K, V> {
    value: V,
    key: std::marker::PhantomData<fn() -> K>,
}

impl<K: CacheKey, V: CacheValue> AnyValue for Decoded<K, V> {
    fn as_any(&self) -> &dyn Any {
        &self.value
    }

    fn into_entry(self: Box<Self>, key: &OwnedKey, meta: &EntryMeta) -> Option<SharedEntry> {
        let key = key.get::<K>()?.clone();
        let answer = Ok(self.value);
        Some(SharedEntry::new(meta, KeyValue { key, answer }))
    }
}

impl<K: CacheKey, V: CacheValue, C: Codec<V>> Format for Typed<K, V, C> {
    fn fingerprint(&self) -> String {
        self.codec.fingerprint()
    }

    fn encode(&self, value: &dyn Any) -> Result<Vec<u8>, CodecError> {
        match value.downcast_ref() {
            Some(value) => self.codec.encode(value),
            None => Err(CodecError::new("not a value of this cache")),
        }
    }

    fn decode(&self, bytes: &[u8]) -> Result<Box<dyn AnyValue>, CodecError> {
        let value = self.codec.decode(bytes)?;
        Ok(Box::new(Decoded::<K, V> {
            value,
            key: std::marker::PhantomData,
        }))
    }
}

impl Sharing {
    pub(crate) fn new<K, V, C, F>(codec: C, key_text: F) -> Self
    where
        K: CacheKey,
        V: CacheValue,
        C: Codec<V> + 'static,
        F: Fn(&K) -> String + Send + Sync + 'static,
    {
        Sharing {
            key_text: Box::new(move |key| key.downcast_ref().map(&key_text).unwrap_or_default()),
            format: Box::new(Typed::<K, V, C> {
                codec,
                types: std::marker::PhantomData,
            }),
            fingerprint: OnceLock::new(),
            local_ttl: NEVER,
        }
    }

    /// The text of a key, as the tier has it.
    pub(crate) fn key_text(&self, key: &dyn Any) -> String {
        (self.key_text)(key)
    }

    pub(crate) fn fingerprint(&self) -> &str {
        self.fingerprint.get_or_init(|| self.format.fingerprint())
    }

    pub(crate) fn encode(&self, value: &dyn Any) -> Result<Vec<u8>, CodecError> {
        self.format.encode(value)
    }

    pub(crate) fn decode(&self, bytes: &[u8]) -> Result<Box<dyn AnyValue>, CodecError> {
        self.format.decode(bytes)
    }

    /// Whether every call reads the tier.
    pub(crate) fn is_strict(&self) -> bool {
        self.local_ttl == 0
    }
}
