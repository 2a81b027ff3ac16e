//! The loads of a batch: their records are read together, and one body runs for those that the tier has not.

use std::future::{Future, poll_fn};
use std::task::Poll;

use super::end::Done;
use super::load::TierLoad;
use super::next::Led;
use crate::call::batch::item::{BatchMap, ItemOf};
use crate::call::end::IsFailure;
use crate::clock;
use crate::return_type::ShareError;
use crate::tier::EarlyReading;

/// What a body is run under: its loads in the order of their items, each with its lease if there is one. None at all where
/// no tier is in use.
pub(in crate::call) type Leases = Vec<(TierLoad, Option<Led>)>;

/// Reads the records of loads of one tier in one round trip.
pub(in crate::call) async fn read_together(loads: Vec<TierLoad>) -> Vec<EarlyReading> {
    let Some(tier) = loads.first().map(TierLoad::tier) else {
        return Vec::new();
    };
    let tags: Vec<_> = loads.iter().map(TierLoad::tags).collect();
    let lookups: Vec<_> = loads
        .iter()
        .zip(&tags)
        .map(|(load, tags)| load.lookup(tags))
        .collect();
    let sent = clock::precise();
    let readings = tier.read_many(&lookups).await;
    readings
        .into_iter()
        .map(|reading| EarlyReading { reading, sent })
        .collect()
}

/// The body of a batch, and then the fills of its items.
pub(in crate::call) async fn around_all<S, F>(
    items: Vec<ItemOf<S>>,
    leases: Leases,
    is_failure: Option<IsFailure<S>>,
    body: F,
) -> S::Return
where
    S: ShareError<Value: BatchMap>,
    F: Future<Output = S::Return>,
{
    for (load, _) in &leases {
        load.count_load();
    }
    let (answer, ends) = match S::split(body.await) {
        Ok(map) => {
            let ends = leases
                .into_iter()
                .zip(items)
                .filter_map(|((load, led), item)| match map.get(&item) {
                    Some(value) => load.fill(led, value),
                    None => load.absent(led),
                })
                .collect();
            (S::wrap(map), ends)
        }
        Err(error) => {
            let is_failure = is_failure.is_none_or(|is_failure| is_failure(&error));
            let ends = leases
                .into_iter()
                .filter_map(|(load, led)| load.fail(led, is_failure))
                .collect();
            (S::fail(error), ends)
        }
    };
    all(ends).await;
    answer
}

/// Waits for all of them at once.
async fn all(mut ends: Vec<Done>) {
    poll_fn(|cx| {
        ends.retain_mut(|end| end.as_mut().poll(cx).is_pending());
        if ends.is_empty() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}
