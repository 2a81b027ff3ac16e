//! Examples of what is inside: the elements of a list, the entries of a map, a variant.

use serde::de::value::StrDeserializer;
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess,
    Visitor,
};

use super::{Refused, Tracer};

pub(super) struct Elements<'a> {
    pub(super) tracer: &'a mut Tracer,
    pub(super) left: usize,
}

impl<'de> SeqAccess<'de> for Elements<'_> {
    type Error = Refused;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Refused> {
        let Some(left) = self.left.checked_sub(1) else {
            return Ok(None);
        };
        self.left = left;
        seed.deserialize(&mut *self.tracer).map(Some)
    }
}

pub(super) struct Entries<'a> {
    pub(super) tracer: &'a mut Tracer,
    pub(super) keys: &'a [&'static str],
    /// The keys are fields; else they are of a type of their own.
    pub(super) named: bool,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Refused;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Refused> {
        let Some((key, rest)) = self.keys.split_first() else {
            return Ok(None);
        };
        self.keys = rest;
        if self.named {
            seed.deserialize(StrDeserializer::new(key)).map(Some)
        } else {
            seed.deserialize(&mut *self.tracer).map(Some)
        }
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Refused> {
        seed.deserialize(&mut *self.tracer)
    }
}

pub(super) struct Variant<'a> {
    pub(super) tracer: &'a mut Tracer,
    pub(super) first: &'static str,
}

impl<'de> EnumAccess<'de> for Variant<'_> {
    type Error = Refused;
    type Variant = Self;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Self), Refused> {
        let value = seed.deserialize(StrDeserializer::new(self.first))?;
        Ok((value, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_> {
    type Error = Refused;

    fn unit_variant(self) -> Result<(), Refused> {
        Deserialize::deserialize(self.tracer)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Refused> {
        seed.deserialize(self.tracer)
    }

    fn tuple_variant<V: Visitor<'de>>(self, left: usize, visitor: V) -> Result<V::Value, Refused> {
        self.tracer.deserialize_tuple(left, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refused> {
        self.tracer.deserialize_struct("variant", fields, visitor)
    }
}
