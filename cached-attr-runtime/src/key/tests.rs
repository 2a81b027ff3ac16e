use std::hash::{BuildHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::*;

fn hasher() -> impl Hasher {
    foldhash::fast::FixedState::default().build_hasher()
}

fn hash<K: Hash>(key: &K) -> u64 {
    let mut hasher = hasher();
    key.hash(&mut hasher);
    hasher.finish()
}

/// Whether a borrowed form hashes as the key does, is the key, and becomes it.
#[allow(clippy::needless_pass_by_value, reason = "reads better at the calls")]
fn is_form_of<K: CacheKey>(form: impl KeyRef<K>, key: K) -> bool {
    let mut hasher = hasher();
    form.hash_key(&mut hasher);
    hasher.finish() == hash(&key) && form.is_key(&key) && form.to_key() == key
}

#[allow(clippy::needless_pass_by_value, reason = "reads better at the calls")]
fn is_call_key_of<Q: CallKey<Key: CacheKey>>(form: Q, key: Q::Key) -> bool {
    is_form_of(call_key(form), key)
}

#[test]
#[allow(
    clippy::needless_borrows_for_generic_args,
    reason = "the borrowed forms are what is tested"
)]
fn every_borrowed_form_of_a_key_is_that_key() {
    assert!(is_form_of("a", "a".to_owned()));
    assert!(is_form_of(&"a".to_owned(), "a".to_owned()));
    assert!(is_form_of("a".to_owned(), "a".to_owned()));
    assert!(is_form_of("a", Arc::<str>::from("a")));
    assert!(is_form_of("a", Box::<str>::from("a")));
    assert!(is_form_of(&Arc::<str>::from("a"), Arc::<str>::from("a")));
    assert!(is_form_of(&[1u8, 2], vec![1u8, 2]));
    assert!(is_form_of(&[1u32, 2][..], vec![1u32, 2]));
    assert!(is_form_of(&[1u32, 2][..], Arc::<[u32]>::from([1, 2])));
    assert!(is_form_of(Path::new("/a"), PathBuf::from("/a")));
    assert!(is_form_of(("a", 7u32), ("a".to_owned(), 7u32)));
    assert!(is_form_of(("a".to_owned(), 7u32), ("a".to_owned(), 7u32)));
    assert!(is_form_of(&("a".to_owned(), 7u32), ("a".to_owned(), 7u32)));
    assert!(is_form_of(Some("a"), Some("a".to_owned())));
    assert!(is_form_of(None::<&str>, None::<String>));
}

#[test]
fn the_key_of_a_call_is_the_key_that_is_stored() {
    assert!(is_call_key_of("a", "a".to_owned()));
    assert!(is_call_key_of(("a", &7u32), ("a".to_owned(), 7u32)));
    assert!(is_call_key_of(Some("a"), Some("a".to_owned())));
    assert!(is_call_key_of((), ()));
    assert!(is_call_key_of(
        each(&["a", "b"]),
        vec!["a".to_owned(), "b".to_owned()]
    ));
    assert!(is_call_key_of(each(&[&1u32, &2]), vec![1u32, 2]));
}

#[test]
fn parts_do_not_run_into_each_other() {
    let key = ("ab".to_owned(), "c".to_owned());
    assert!(!is_form_of(("a", "bc"), key.clone()));
    assert!(!is_call_key_of(("a", "bc"), key));
    assert!(!is_call_key_of(
        each(&["a"]),
        vec!["a".to_owned(), "b".to_owned()]
    ));
}

#[test]
#[should_panic(expected = "was used with a cache whose keys are of type `u64`")]
fn an_unnamed_key_of_another_type_is_not_silently_nothing() {
    let key = UnnamedKey::new(&7u32);
    let _ = KeyRef::<Unnamed<u64>>::to_key(&key);
}
