//! A number by which a companion finds the wrapper's static: the same in both, another for every other function.
//!
//! Made of the function's name, so that it stays the same while other code changes; functions of one name are
//! numbered.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

static SEEN: Mutex<Option<HashMap<u64, u64>>> = Mutex::new(None);

pub(super) fn of(title: &str) -> u64 {
    let package = [
        "CARGO_PKG_NAME",
        "CARGO_PKG_VERSION",
        "CARGO_CRATE_NAME",
        "CARGO_BIN_NAME",
    ]
    .map(|name| std::env::var(name).unwrap_or_default());
    let base = hash(package.iter().map(String::as_str).chain([title]));
    let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    let count = seen
        .get_or_insert_with(HashMap::new)
        .entry(base)
        .or_insert(0);
    let id = hash([base.to_string().as_str(), count.to_string().as_str()]);
    *count += 1;
    id
}

/// FNV-1a: the same on every machine and for every compiler.
fn hash<'a>(parts: impl IntoIterator<Item = &'a str>) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in parts.into_iter().flat_map(|part| part.bytes().chain([0])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash
}
