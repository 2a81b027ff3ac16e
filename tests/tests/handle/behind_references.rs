//! Keys of the user's own types behind references: companions name what is owned of them.

use std::hash::Hash;
use std::slice;

use cached_attr::cached;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct UserId(u32);

#[cached(ttl = "1m", store_if = |answer| *answer > 0)]
async fn beside_a_text(user: &UserId, name: &str) -> u32 {
    user.0 + u32::try_from(name.len()).unwrap_or(0)
}

#[cached(ttl = "1m", weigh = |key, value| key.0 + *value)]
async fn weighed(user: &UserId) -> u32 {
    user.0
}

#[cached(ttl = "1m")]
async fn nested(user: Option<&UserId>, pair: (&UserId, u32), list: &[UserId]) -> u32 {
    user.map_or(0, |user| user.0) + pair.0.0 + pair.1 + u32::try_from(list.len()).unwrap_or(0)
}

#[cached(ttl = "1m")]
async fn generic<T: Hash + Eq + Clone + Send + Sync + 'static>(item: &T) -> usize {
    let _ = item;
    size_of::<T>()
}

struct Repo;

impl Repo {
    #[cached(ttl = "1m", skip(self))]
    async fn load(&self, user: &UserId) -> u32 {
        user.0
    }
}

#[tokio::test]
async fn companions_own_what_is_behind_a_reference() {
    let user = UserId(3);
    assert_eq!(beside_a_text(&user, "a").await, 4);
    let key: (UserId, String) = beside_a_text_key(&user, "a");
    beside_a_text_cache().insert(key, 9).await;
    assert_eq!(beside_a_text(&user, "a").await, 9);
    assert_eq!(beside_a_text_cache().get((&user, "a")).await, Some(9));
}

#[tokio::test]
async fn a_weigher_sees_the_key_as_what_it_is() {
    let user = UserId(4);
    assert_eq!(weighed(&user).await, 4);
    assert_eq!(weighed_cache().get(&weighed_key(&user)).await, Some(4));
}

#[tokio::test]
async fn references_inside_other_types_are_owned_too() {
    let user = UserId(5);
    let list = slice::from_ref(&user);
    assert_eq!(nested(Some(&user), (&user, 1), list).await, 12);
    let key = nested_key(Some(&user), (&user, 1), list);
    assert_eq!(nested_cache().get(&key).await, Some(12));
}

#[tokio::test]
async fn type_parameters_behind_references_are_owned_as_what_they_stand_for() {
    let user = UserId(6);
    assert_eq!(generic(&user).await, 4);
    assert_eq!(
        generic_cache::<UserId>().get(&generic_key(&user)).await,
        Some(4)
    );
}

#[tokio::test]
async fn methods_have_them_beside_themselves() {
    let user = UserId(7);
    assert_eq!(Repo.load(&user).await, 7);
    assert_eq!(
        Repo::load_cache().get(&Repo::load_key(&user)).await,
        Some(7)
    );
}
