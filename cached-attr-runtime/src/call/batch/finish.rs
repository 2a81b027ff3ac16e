//! How the loads of items end: each as that of a call of its own.

use super::super::end;
use super::Missing;
use super::item::{BatchMap, ItemAnswer, ItemOf, PerItem, no_such_item};
use crate::key::CacheKey;
use crate::return_type::ShareError;

/// Stores the answers of a body and hands them to those who wait. `map` keeps what nobody has asked for.
pub(super) fn succeed<K: CacheKey, S: ShareError<Value: BatchMap>>(
    missing: Vec<Missing<ItemOf<S>>>,
    map: &mut S::Value,
    answers: &mut S::Value,
) {
    for Missing { item, mut call } in missing {
        match map.take(&item) {
            Some(value) => {
                end::succeed::<K, _>(call.call(), &value);
                answers.put(item, value);
            }
            None => end::absent::<K, <S::Value as BatchMap>::Value>(call.call(), no_such_item()),
        }
    }
}

/// Ends loads with an error. Whether stale answers take the places of all of them.
pub(super) fn fail<K: CacheKey, S: ShareError<Value: BatchMap>>(
    missing: Vec<Missing<ItemOf<S>>>,
    error: &S::Error,
    is_failure: bool,
    answers: &mut S::Value,
) -> bool {
    let shared = S::share(error);
    let mut all_served = true;
    for Missing { item, mut call } in missing {
        match end::fail::<K, PerItem<S>>(call.call(), shared.clone(), is_failure) {
            Some(ItemAnswer::Value(stale)) => answers.put(item, stale),
            Some(ItemAnswer::Absent) => {}
            Some(ItemAnswer::Failed(_)) | None => all_served = false,
        }
    }
    all_served
}
