//! A body of a batch, and the items that it loads.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll, Waker};

use super::super::end::ErrorRules;
use super::super::overdue::Overdue;
use super::super::pending::{PendingCall, Phase, enter_alone};
use super::item::{BatchMap, PerItem};
use super::{Missing, finish};
use crate::context::{Context, Entered};
use crate::key::CacheKey;
use crate::lookup::AnswerSlot;
use crate::return_type::ShareError;
use crate::store::{RunningLoad, Wait};

/// A body that is running.
pub(super) struct Chunk<T, F> {
    // Dropped before the calls: a cancelled body is gone when whoever waits for it begins another.
    body: Pin<Box<F>>,
    /// What it loads. Those of one chunk all lead, or all run uncached.
    missing: Vec<Missing<T>>,
    /// Where its items were looked up before.
    node: Option<BodyNode>,
    /// What it is run for without a look at the cache.
    bypassed: Vec<T>,
}

impl<T: Clone, F> Chunk<T, F> {
    pub(super) fn of_missing(
        mut missing: Vec<Missing<T>>,
        node: Option<Arc<RunningLoad>>,
        body: impl FnOnce(Vec<T>) -> F,
    ) -> Self {
        let items = missing.iter().map(|missing| missing.item.clone()).collect();
        let node = node.zip(missing.first_mut());
        let node = node.and_then(|(node, first)| BodyNode::new(node, first.call.call()));
        Chunk {
            body: Box::pin(body(items)),
            missing,
            node,
            bypassed: Vec::new(),
        }
    }

    pub(super) fn of_bypassed(items: Vec<T>, body: impl FnOnce(Vec<T>) -> F) -> Self {
        Chunk {
            body: Box::pin(body(items.clone())),
            missing: Vec::new(),
            node: None,
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
            let waker = waker.as_ref().unwrap_or(cx.waker());
            match &self.node {
                Some(node) => node.poll(self.body.as_mut(), waker),
                None => self.body.as_mut().poll(&mut TaskContext::from_waker(waker)),
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
            node,
            bypassed,
        } = self;
        // What it holds is free when the others are woken.
        drop((body, node));
        let (error, is_failure) = match ended {
            Ended::Answered(answer) => match S::split(answer) {
                Ok(mut map) => {
                    finish::succeed::<K, S>(missing, &mut map, answers);
                    for item in bypassed {
                        if let Some(value) = map.take(&item) {
                            answers.put(item, value);
                        }
                    }
                    return Ok(());
                }
                Err(error) => {
                    let is_failure = rules.is_failure(&error);
                    (error, is_failure)
                }
            },
            Ended::TimedOut(error) => (error, true),
        };
        let all_served = finish::fail::<K, S>(missing, &error, is_failure, answers);
        if all_served && bypassed.is_empty() {
            Ok(())
        } else {
            Err(error)
        }
    }
}

/// A body as a node of its own in the wait graph. Whoever waits for an item waits for all that its group waits for, for
/// other loads as well; whoever has seen its lease waits for the body alone. So two batches can each wait for an item of the
/// other.
struct BodyNode {
    load: Arc<RunningLoad>,
    _wait: Option<Wait>,
}

impl BodyNode {
    fn new(load: Arc<RunningLoad>, call: &PendingCall) -> Option<Self> {
        let Phase::Leading(leader) = &call.phase else {
            return None;
        };
        load.begin_flight();
        Some(BodyNode {
            _wait: Wait::begin(&leader.flight.running, &load),
            load,
        })
    }

    fn poll<F: Future>(&self, body: Pin<&mut F>, waker: &Waker) -> Poll<F::Output> {
        let waker = self.load.begin_poll(waker);
        let _entered = Entered::new(Context {
            load: Some(Arc::clone(&self.load)),
            ..Context::current()
        });
        body.poll(&mut TaskContext::from_waker(&waker))
    }
}

impl Drop for BodyNode {
    fn drop(&mut self) {
        self.load.end();
    }
}

/// What a body came to.
pub(super) enum Ended<S: ShareError> {
    Answered(S::Return),
    /// It took too long.
    TimedOut(S::Error),
}
