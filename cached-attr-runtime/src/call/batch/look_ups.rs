//! Items that lead, before their body runs: they are looked up in the shared tier.
//!
//! Those that begin to load at the same time are a group. Their records are read in one round trip, whatever `max_batch`
//! is, which limits what the source is given; from there on each is looked up as that of a call of its own, at the same
//! time as the others. The body runs once for all that have to be loaded as soon as each item of the group has an answer,
//! has its lease, or waits for another load. What waits has no part in that body: it has an answer later, or a body of
//! its own.

use std::future::Future;
use std::iter;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};

use super::super::end::{self, ErrorRules};
use super::super::overdue::Overdue;
use super::super::shared::{Led, LookUp, Next, TierLoad, adopts, read_together};
use super::item::{BatchMap, ItemAnswer, ItemOf, PerItem, ValueOf, no_such_item};
use super::{Missing, finish};
use crate::key::CacheKey;
use crate::lookup::AnswerSlot;
use crate::return_type::{ReturnType, ShareError};
use crate::store::RunningLoad;
use crate::tier::EarlyReading;

pub(super) use super::super::shared::Leases;

type Read = Pin<Box<dyn Future<Output = Vec<EarlyReading>> + Send>>;
type AnswerOf<S> = ItemAnswer<ValueOf<S>, <S as ReturnType>::Error>;

/// The groups of a batch.
pub(super) struct LookUps<S: ShareError<Value: BatchMap>> {
    groups: Vec<Group<S>>,
    /// The group that is being put together.
    next: Vec<Item<S>>,
}

/// Items that began to load at the same time.
struct Group<S: ShareError<Value: BatchMap>> {
    /// The read of all of them, while it is under way.
    read: Option<Read>,
    items: Vec<Item<S>>,
}

struct Item<S: ShareError<Value: BatchMap>> {
    // Dropped before the call, as a body is.
    phase: Phase<S>,
    load: TierLoad,
    missing: Missing<ItemOf<S>>,
}

enum Phase<S: ShareError<Value: BatchMap>> {
    /// The record is read with those of the others.
    Reading,
    LookingUp(LookUp),
    Answered(AnswerOf<S>),
    /// The body has to run, under a lease if there is one.
    ToLoad(Option<Led>),
}

impl<S: ShareError<Value: BatchMap>> Phase<S> {
    fn after(next: Next) -> Self {
        match next.answer::<PerItem<S>>() {
            ControlFlow::Break(answer) => Phase::Answered(answer),
            ControlFlow::Continue(led) => Phase::ToLoad(led),
        }
    }
}

/// Items for one body, and what it is run under.
pub(super) type ToLoad<S> = (Vec<Missing<ItemOf<S>>>, Leases);

/// The node in the wait graph of a body that is run under these.
pub(super) fn node_of(leases: &Leases) -> Option<Arc<RunningLoad>> {
    let (load, _) = leases.first()?;
    Some(Arc::clone(load.body()))
}

impl<S: ShareError<Value: BatchMap>> LookUps<S> {
    pub(super) fn new() -> Self {
        LookUps {
            groups: Vec::new(),
            next: Vec::new(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// Gives everything up.
    pub(super) fn clear(&mut self) {
        self.next.clear();
        self.groups.clear();
    }

    /// Adds an item that leads to the next group. It comes back where no tier is in use.
    pub(super) fn add(&mut self, mut missing: Missing<ItemOf<S>>) -> Option<Missing<ItemOf<S>>> {
        let notes = missing.call.call().request.notes.clone();
        // The bodies of a group are one node in the wait graph.
        let body = || match self.next.first() {
            Some(first) => Arc::clone(first.load.body()),
            None => Arc::default(),
        };
        let Some(load) = notes.and_then(|notes| TierLoad::begin_for(notes, body())) else {
            return Some(missing);
        };
        self.next.push(Item {
            phase: Phase::Reading,
            load,
            missing,
        });
        None
    }

    /// Begins the look-ups of the next group.
    pub(super) fn begin(&mut self) {
        if self.next.is_empty() {
            return;
        }
        let items = std::mem::take(&mut self.next);
        let loads = items.iter().map(|item| item.load.clone()).collect();
        self.groups.push(Group {
            read: Some(Box::pin(read_together(loads))),
            items,
        });
    }

    /// Goes as far as it can without bodies: adds what it finds to the answers, and returns the items that each body has
    /// to load, which are at most so many.
    pub(super) fn poll<K: CacheKey>(
        &mut self,
        cx: &mut TaskContext<'_>,
        rules: &ErrorRules<S>,
        most: usize,
        answers: &mut S::Value,
    ) -> Result<Vec<ToLoad<S>>, S::Error> {
        let mut to_load = Vec::new();
        for group in &mut self.groups {
            group.poll(cx);
            group.finish_answered::<K>(rules, answers)?;
            group.take_to_load(most, &mut to_load);
            if let Some(error) = group.time_out::<K>(cx, rules) {
                let items = std::mem::take(&mut group.items);
                let missing = items.into_iter().map(|item| item.missing).collect();
                if !finish::fail::<K, S>(missing, &error, true, answers) {
                    return Err(error);
                }
            }
        }
        self.groups.retain(|group| !group.items.is_empty());
        Ok(to_load)
    }
}

impl<S: ShareError<Value: BatchMap>> Group<S> {
    fn poll(&mut self, cx: &mut TaskContext<'_>) {
        let Some((first, others)) = self.items.split_first_mut() else {
            return;
        };
        // They are one load, as their bodies will be.
        let (waker, _entered) = first.missing.call.call().begin_poll(cx.waker());
        let mut cx = TaskContext::from_waker(waker.as_ref().unwrap_or(cx.waker()));
        let others = others.iter_mut().map(|item| (&item.load, &mut item.phase));
        let mut early = match &mut self.read {
            None => Vec::new().into_iter(),
            Some(read) => match read.as_mut().poll(&mut cx) {
                Poll::Pending => return,
                Poll::Ready(readings) => {
                    self.read = None;
                    readings.into_iter()
                }
            },
        };
        for (load, phase) in iter::once((&first.load, &mut first.phase)).chain(others) {
            if let Phase::Reading = phase {
                let adopts = adopts::<PerItem<S>>;
                let looked_up = match early.next() {
                    Some(early) => load.look_up_early(early, adopts),
                    None => Err(load.look_up(adopts)),
                };
                *phase = looked_up.map_or_else(Phase::LookingUp, Phase::after);
            }
            if let Phase::LookingUp(look_up) = phase
                && let Poll::Ready(next) = look_up.as_mut().poll(&mut cx)
            {
                *phase = Phase::after(next);
            }
        }
    }

    /// Ends the loads that need no body.
    fn finish_answered<K: CacheKey>(
        &mut self,
        rules: &ErrorRules<S>,
        answers: &mut S::Value,
    ) -> Result<(), S::Error> {
        let is_answered = |item: &mut Item<S>| matches!(item.phase, Phase::Answered(_));
        let answered: Vec<_> = self.items.extract_if(.., is_answered).collect();
        let finished = answered.into_iter().try_for_each(|item| match item.phase {
            Phase::Answered(answer) => finish_with::<K, S>(item.missing, answer, rules, answers),
            _ => Ok(()),
        });
        if let Some(first) = self.items.first_mut() {
            first.missing.call.call().end_poll();
        }
        finished
    }

    /// Takes the items that have to be loaded, once that is decided for each of the others as well.
    fn take_to_load(&mut self, most: usize, bodies: &mut Vec<ToLoad<S>>) {
        let is_decided = |item: &Item<S>| match item.phase {
            Phase::ToLoad(_) => true,
            _ => item.load.waits(),
        };
        if !self.items.iter().all(is_decided) {
            return;
        }
        let is_to_load = |item: &mut Item<S>| matches!(item.phase, Phase::ToLoad(_));
        let mut body: ToLoad<S> = Default::default();
        for item in self.items.extract_if(.., is_to_load) {
            if let Phase::ToLoad(led) = item.phase {
                body.0.push(item.missing);
                body.1.push((item.load, led));
            }
            if body.0.len() >= most {
                bodies.push(std::mem::take(&mut body));
            }
        }
        if !body.0.is_empty() {
            bodies.push(body);
        }
    }

    /// The error of look-ups that take too long.
    fn time_out<K: CacheKey>(
        &mut self,
        cx: &mut TaskContext<'_>,
        rules: &ErrorRules<S>,
    ) -> Option<S::Error> {
        let call = self.items.first_mut()?.missing.call.call();
        let sink = AnswerSlot::<K, PerItem<S>>::new();
        match call.overdue(cx, &sink, false) {
            Overdue::TimedOut => rules.time_out(call.limit()),
            Overdue::No | Overdue::MovesToBackground | Overdue::Served => None,
        }
    }
}

/// Ends the load of one item with the answer that the tier, or another load, has for it.
fn finish_with<K: CacheKey, S: ShareError<Value: BatchMap>>(
    missing: Missing<ItemOf<S>>,
    answer: AnswerOf<S>,
    rules: &ErrorRules<S>,
    answers: &mut S::Value,
) -> Result<(), S::Error> {
    match answer {
        ItemAnswer::Value(value) => {
            let Missing { item, mut call } = missing;
            end::succeed::<K, _>(call.call(), &value);
            answers.put(item, value);
        }
        ItemAnswer::Absent => {
            let Missing { mut call, .. } = missing;
            end::absent::<K, ValueOf<S>>(call.call(), no_such_item());
        }
        ItemAnswer::Failed(error) => {
            let is_failure = rules.is_failure(&error);
            if !finish::fail::<K, S>(vec![missing], &error, is_failure, answers) {
                return Err(error);
            }
        }
    }
    Ok(())
}
