//! What a type deserializes from, as a number: two versions of a service compare it before they share records.

mod access;

use std::fmt;

use serde::de::{DeserializeOwned, Deserializer, Visitor};

use access::{Elements, Entries, Variant};

/// Deeper than this, and after this many steps, options are absent and lists are empty: a type may contain itself.
const MAX_DEPTH: u32 = 8;
const MAX_STEPS: u32 = 4_096;

/// The same for the same fields, on every machine and with every compiler.
pub(super) fn hash<V: DeserializeOwned>() -> u64 {
    let mut tracer = Tracer {
        // FNV-1a: fixed for ever, which the standard library's hashers are not.
        hash: 0xcbf2_9ce4_8422_2325,
        depth: 0,
        steps: 0,
    };
    if V::deserialize(&mut tracer).is_err() {
        // A type that checks what it is given: what it requested until then is its shape.
        tracer.word("refused");
    }
    tracer.hash
}

struct Tracer {
    hash: u64,
    depth: u32,
    steps: u32,
}

impl Tracer {
    fn word(&mut self, word: &str) {
        self.steps += 1;
        for byte in word.bytes().chain([0xff]) {
            self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn words(&mut self, kind: &str, name: &str, parts: &[&str]) {
        self.word(kind);
        self.word(name);
        for part in parts {
            self.word(part);
        }
    }

    fn is_deep(&self) -> bool {
        self.depth >= MAX_DEPTH || self.steps >= MAX_STEPS
    }

    fn nested<T>(&mut self, trace: impl FnOnce(&mut Self) -> T) -> T {
        self.depth += 1;
        let traced = trace(self);
        self.depth -= 1;
        traced
    }
}

/// A type that did not accept an example value.
#[derive(Debug)]
struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("refused")
    }
}

impl std::error::Error for Refused {}

impl serde::de::Error for Refused {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Refused
    }
}

macro_rules! examples {
    ($($method:ident $visit:ident $example:expr),* $(,)?) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
            self.word(stringify!($method));
            visitor.$visit($example)
        })*
    };
}

impl<'de> Deserializer<'de> for &mut Tracer {
    type Error = Refused;

    examples! {
        deserialize_bool visit_bool false,
        deserialize_i8 visit_i8 0,
        deserialize_i16 visit_i16 0,
        deserialize_i32 visit_i32 0,
        deserialize_i64 visit_i64 0,
        deserialize_i128 visit_i128 0,
        deserialize_u8 visit_u8 0,
        deserialize_u16 visit_u16 0,
        deserialize_u32 visit_u32 0,
        deserialize_u64 visit_u64 0,
        deserialize_u128 visit_u128 0,
        deserialize_f32 visit_f32 0.0,
        deserialize_f64 visit_f64 0.0,
        deserialize_char visit_char ' ',
        deserialize_str visit_str "",
        deserialize_string visit_str "",
        deserialize_bytes visit_bytes &[],
        deserialize_byte_buf visit_bytes &[],
        deserialize_identifier visit_str "",
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.word("any");
        visitor.visit_unit()
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        visitor.visit_unit()
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.word("unit");
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refused> {
        self.words("unit struct", name, &[]);
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refused> {
        self.words("newtype", name, &[]);
        self.nested(|tracer| visitor.visit_newtype_struct(tracer))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.word("option");
        if self.is_deep() {
            return visitor.visit_none();
        }
        self.nested(|tracer| visitor.visit_some(tracer))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.word("seq");
        let left = usize::from(!self.is_deep());
        self.nested(|tracer| visitor.visit_seq(Elements { tracer, left }))
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        left: usize,
        visitor: V,
    ) -> Result<V::Value, Refused> {
        self.words("tuple", &left.to_string(), &[]);
        self.nested(|tracer| visitor.visit_seq(Elements { tracer, left }))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        left: usize,
        visitor: V,
    ) -> Result<V::Value, Refused> {
        self.words("tuple struct", name, &[]);
        self.deserialize_tuple(left, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.word("map");
        let keys: &[&'static str] = if self.is_deep() { &[] } else { &[""] };
        self.nested(|tracer| {
            visitor.visit_map(Entries {
                tracer,
                keys,
                named: false,
            })
        })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        keys: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refused> {
        self.words("struct", name, keys);
        self.nested(|tracer| {
            visitor.visit_map(Entries {
                tracer,
                keys,
                named: true,
            })
        })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refused> {
        self.words("enum", name, variants);
        let first = variants.first().ok_or(Refused)?;
        self.nested(|tracer| visitor.visit_enum(Variant { tracer, first }))
    }
}

#[cfg(test)]
#[allow(dead_code, reason = "only the shapes of these types matter")]
mod tests {
    use std::collections::HashMap;

    use super::hash;

    macro_rules! shape {
        ($($item:tt)*) => {{
            #[derive(serde::Deserialize)]
            $($item)*
            hash::<Spec>()
        }};
    }

    #[test]
    fn the_same_fields_have_the_same_shape() {
        let first = shape!(
            struct Spec {
                id: u32,
                name: String,
            }
        );
        let second = shape!(
            struct Spec {
                id: u32,
                name: String,
            }
        );
        assert_eq!(first, second);
    }

    #[test]
    fn a_changed_field_changes_the_shape() {
        let shapes = [
            shape!(
                struct Spec {
                    id: u32,
                    name: String,
                }
            ),
            shape!(
                struct Spec {
                    id: u32,
                    title: String,
                }
            ),
            shape!(
                struct Spec {
                    id: u64,
                    name: String,
                }
            ),
            shape!(
                struct Spec {
                    id: u32,
                    name: Option<String>,
                }
            ),
            shape!(
                struct Spec {
                    id: u32,
                    name: Vec<String>,
                }
            ),
            shape!(
                struct Spec {
                    id: u32,
                    name: String,
                    more: bool,
                }
            ),
            shape!(
                struct Spec(u32, String);
            ),
            shape!(
                enum Spec {
                    Id(u32),
                    Name(String),
                }
            ),
            shape!(
                enum Spec {
                    Id(u64),
                    Name(String),
                }
            ),
        ];
        let distinct: std::collections::HashSet<_> = shapes.iter().collect();
        assert_eq!(distinct.len(), shapes.len());
    }

    #[test]
    fn a_change_deep_inside_counts() {
        #[derive(serde::Deserialize)]
        struct Old {
            at: (u8, char),
        }
        #[derive(serde::Deserialize)]
        #[serde(rename = "Old")]
        struct New {
            at: (u8, u8),
        }
        assert_ne!(
            hash::<HashMap<String, Vec<Old>>>(),
            hash::<HashMap<String, Vec<New>>>()
        );
    }

    #[test]
    fn a_type_that_contains_itself_has_a_shape() {
        #[derive(serde::Deserialize)]
        struct Tree {
            left: Option<Box<Tree>>,
            right: Option<Box<Tree>>,
            others: Vec<Tree>,
        }
        assert_eq!(hash::<Tree>(), hash::<Tree>());
    }
}
