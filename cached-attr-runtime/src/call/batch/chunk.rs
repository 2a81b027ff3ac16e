//! A body of a batch, and the items that it loads.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use super::super::end::{self, ErrorRules};
use super::super::overdue::Overdue;
use super::super::pending::enter_alone;
use super::Missing;
use super::item::{BatchMap, ItemAnswer, ItemOf, PerItem, no_such_item};
use crate::key::CacheKey;
use crate::lookup::AnswerSlot;
use crate::return_type::ShareError;

/// A body that is running.
pub(super) struct Chunk<T, F> {
    // Dropped before the calls: a cancelled body is gone when whoever waits for it begins another.
    body: Pin<Box<F>>,
    /// What it loads. Those of one chunk all lead, or all run uncached.
    missing: Vec<Missing<T>>,
    /// What it is run for without a look at the cache.
    bypassed: Vec<T>,
}

impl<T: Clone, F> Chunk<T, F> {
    pub(super) fn of_missing(missing: Vec<Missing<T>>, body: impl FnOnce(Vec<T>) -> F) -> Self {
        let items = missing.iter().map(|missing| missing.item.clone()).collect();
        Chunk {
            body: Box::pin(body(items)),
            missing,
            bypassed: Vec::new(),
        }
    }

    pub(super) fn of_bypassed(items: Vec<T>, body: impl FnOnce(Vec<T>) -> F) -> Self {
        Chunk {
            body: Box::pin(body(items.clone())),
            missing: Vec::new(),
            bypassed: items,
        }
    }

    /// Polls the body: what it came to.
    pub(super) fn poll<K, S>(
        &mut self,
        cx: &mut TaskContext<'_>,
        rules: &ErrorRules<S>,
    ) -> Poll<Ended<S>>
    where
        K: CacheKey,
        S: ShareError<Value: BatchMap<Item = T>>,
        F: Future<Output = S::Return>,
    {
        let Some(first) = self.missing.first_mut() else {
            let _entered = enter_alone();
            return self.body.as_mut().poll(cx).map(Ended::Answered);
        };
        let call = first.call.call();
        let polled = {
            let (waker, _entered) = call.begin_poll(cx.waker());
            match &waker {
                Some(waker) => self.body.as_mut().poll(&mut TaskContext::from_waker(waker)),
                None => self.body.as_mut().poll(cx),
            }
        };
        if let Poll::Ready(answer) = polled {
            return Poll::Ready(Ended::Answered(answer));
        }
        call.end_poll();
        let sink = AnswerSlot::<K, PerItem<S>>::new();
        match call.overdue(cx, &sink, false) {
            Overdue::TimedOut => match rules.time_out(call.limit()) {
                Some(error) => Poll::Ready(Ended::TimedOut(error)),
                None => Poll::Pending,
            },
            Overdue::No | Overdue::MovesToBackground | Overdue::Served => Poll::Pending,
        }
    }

    /// Stores what the body came to, hands it to those who wait, and adds it to the answers of this call.
    pub(super) fn finish<K, S>(
        self,
        ended: Ended<S>,
        rules: &ErrorRules<S>,
        answers: &mut S::Value,
    ) -> Result<(), S::Error>
    where
        K: CacheKey,
        S: ShareError<Value: BatchMap<Item = T>>,
    {
        let Chunk {
            body,
            missing,
            bypassed,
        } = self;
        // What it holds is free when the others are woken.
        drop(body);
        let (error, is_failure) = match ended {
            Ended::Answered(answer) => match S::split(answer) {
                Ok(map) => {
                    succeed::<K, S>(missing, bypassed, map, answers);
                    return Ok(());
                }
                Err(error) => {
                    let is_failure = rules.is_failure(&error);
                    (error, is_failure)
                }
            },
            Ended::TimedOut(error) => (error, true),
        };
        let shared = S::share(&error);
        let mut all_served = bypassed.is_empty();
        for Missing { item, mut call } in missing {
            match end::fail::<K, PerItem<S>>(call.call(), shared.clone(), is_failure) {
                Some(ItemAnswer::Value(stale)) => answers.put(item, stale),
                Some(ItemAnswer::Absent) => {}
                Some(ItemAnswer::Failed(_)) | None => all_served = false,
            }
        }
        if all_served { Ok(()) } else { Err(error) }
    }
}

/// What a body came to.
pub(super) enum Ended<S: ShareError> {
    Answered(S::Return),
    /// It took too long.
    TimedOut(S::Error),
}

fn succeed<K: CacheKey, S: ShareError<Value: BatchMap>>(
    missing: Vec<Missing<ItemOf<S>>>,
    bypassed: Vec<ItemOf<S>>,
    mut map: S::Value,
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
    for item in bypassed {
        if let Some(value) = map.take(&item) {
            answers.put(item, value);
        }
    }
}
