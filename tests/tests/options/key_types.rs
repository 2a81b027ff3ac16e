//! What can be a key argument.

use std::ffi::OsStr;
use std::fmt::Display;
use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use cached_attr::cached;
use cached_attr_tests::Source;

static SOURCE: Source = Source::new();

/// `answer!(function(arguments); others)`: the same arguments give the same answer, all others other ones.
macro_rules! told_apart {
    ($($call:expr),+ $(,)?) => {{
        let mut answers = Vec::new();
        $(
            let answer = $call.await;
            assert_eq!($call.await, answer, "{} is remembered", stringify!($call));
            answers.push(answer);
        )+
        let count = answers.len();
        answers.sort_unstable();
        answers.dedup();
        assert_eq!(answers.len(), count, "each has an entry of its own");
    }};
}

#[cached(ttl = "1m")]
async fn references(text: &&str, string: &String, list: &Vec<u8>, boxed: &str) -> u32 {
    let _ = (text, string, list, boxed);
    SOURCE.ask()
}

#[tokio::test]
async fn references_to_owned_things() {
    let (a, b) = ("a".to_owned(), "b".to_owned());
    let list = vec![1];
    told_apart!(
        references(&"a", &a, &list, "a"),
        references(&"b", &a, &list, "a"),
        references(&"a", &b, &list, "a"),
        references(&"a", &a, &vec![], "a"),
        references(&"a", &a, &list, "b"),
    );
}

#[cached(ttl = "1m")]
async fn paths(path: &Path, os: &OsStr, bytes: &[u8], array: &[u16; 2], owned: [u8; 2]) -> u32 {
    let _ = (path, os, bytes, array, owned);
    SOURCE.ask()
}

#[tokio::test]
async fn paths_bytes_and_arrays() {
    let (here, there) = (Path::new("a/b"), Path::new("a/c"));
    let (os, other) = (OsStr::new("x"), OsStr::new("y"));
    told_apart!(
        paths(here, os, b"z", &[1, 2], [1, 2]),
        paths(there, os, b"z", &[1, 2], [1, 2]),
        paths(here, other, b"z", &[1, 2], [1, 2]),
        paths(here, os, b"", &[1, 2], [1, 2]),
        paths(here, os, b"z", &[2, 1], [1, 2]),
        paths(here, os, b"z", &[1, 2], [2, 1]),
    );
}

#[allow(clippy::option_option, reason = "an odd key is a key")]
#[cached(ttl = "1m")]
async fn nested(pair: (&str, u32), deep: Option<(u8, &str)>, twice: Option<Option<&str>>) -> u32 {
    let _ = (pair, deep, twice);
    SOURCE.ask()
}

#[tokio::test]
async fn tuples_and_options_inside_each_other() {
    told_apart!(
        nested(("a", 1), Some((1, "x")), None),
        nested(("a", 2), Some((1, "x")), None),
        nested(("b", 1), Some((1, "x")), None),
        nested(("a", 1), None, None),
        nested(("a", 1), Some((1, "y")), None),
        nested(("a", 1), None, Some(None)),
        nested(("a", 1), None, Some(Some(""))),
    );
}

#[cached(ttl = "1m")]
async fn small(letter: char, flag: bool, wide: u128, signed: i64, some: NonZeroU32) -> u32 {
    let _ = (letter, flag, wide, signed, some);
    SOURCE.ask()
}

#[tokio::test]
async fn letters_flags_and_numbers() {
    let two = NonZeroU32::MIN.saturating_add(1);
    told_apart!(
        small('a', true, 1, -1, NonZeroU32::MIN),
        small('b', true, 1, -1, NonZeroU32::MIN),
        small('a', false, 1, -1, NonZeroU32::MIN),
        small('a', true, u128::MAX, -1, NonZeroU32::MIN),
        small('a', true, 1, i64::MIN, NonZeroU32::MIN),
        small('a', true, 1, -1, two),
    );
}

#[cached(ttl = "1m")]
async fn values(
    address: IpAddr,
    time: Duration,
    shared: &Arc<str>,
    boxed: Box<str>,
    unit: Option<()>,
) -> u32 {
    let _ = (address, time, shared, boxed, unit);
    SOURCE.ask()
}

#[tokio::test]
async fn values_of_the_standard_library() {
    let local = IpAddr::from([127, 0, 0, 1]);
    let (a, b): (Arc<str>, Arc<str>) = ("a".into(), "b".into());
    told_apart!(
        values(local, Duration::ZERO, &a, "x".into(), None),
        values([10, 0, 0, 1].into(), Duration::ZERO, &a, "x".into(), None),
        values(local, Duration::MAX, &a, "x".into(), None),
        values(local, Duration::ZERO, &b, "x".into(), None),
        values(local, Duration::ZERO, &a, "y".into(), None),
        values(local, Duration::ZERO, &a, "x".into(), Some(())),
    );
}

#[cached(ttl = "1m")]
async fn anonymous(key: impl Display + Hash + Eq + Clone + Send + Sync + 'static) -> String {
    format!("{key} {}", SOURCE.ask())
}

#[tokio::test]
async fn impl_trait_in_the_key_keeps_types_apart() {
    told_apart!(
        anonymous(1u8),
        anonymous(1u16),
        anonymous("1"),
        anonymous("1".to_owned())
    );
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Red,
    Blue(u8),
}

#[allow(
    clippy::many_single_char_names,
    clippy::too_many_arguments,
    reason = "a key of many parts is what is tried"
)]
#[cached(ttl = "1m")]
async fn many(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: &str, h: Kind) -> u32 {
    let _ = (a, b, c, d, e, f, g, h);
    SOURCE.ask()
}

#[tokio::test]
async fn eight_arguments_with_types_of_the_users_own() {
    told_apart!(
        many(1, 2, 3, 4, 5, 6, "7", Kind::Red),
        many(1, 2, 3, 4, 5, 7, "7", Kind::Red),
        many(1, 2, 3, 4, 5, 6, "8", Kind::Red),
        many(1, 2, 3, 4, 5, 6, "7", Kind::Blue(1)),
        many(1, 2, 3, 4, 5, 6, "7", Kind::Blue(2)),
    );
    let key = many_key(1, 2, 3, 4, 5, 6, "7", Kind::Red);
    assert!(many_cache().get(&key).await.is_some());
}
