//! The second half of a batch: the bodies, and the wait for other calls' loads.

use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};

use super::super::end::ErrorRules;
use super::super::pending::Progress;
use super::chunk::Chunk;
use super::item::{BatchMap, ItemAnswer, ItemOf, PerItem};
use super::look_ups::{Leases, LookUps, node_of};
use super::{Found, Missing};
use crate::context::{CacheStatus, Context};
use crate::key::CacheKey;
use crate::lookup::AnswerSlot;
use crate::return_type::ShareError;
use crate::store::RunningLoad;

/// A call that runs bodies for its missing items, and waits for the loads of other calls. It is `Send` when the body is.
#[must_use = "futures do nothing unless polled"]
pub(super) struct BatchLoad<K, S: ShareError<Value: BatchMap>, B, F> {
    chunks: Vec<Chunk<ItemOf<S>, F>>,
    /// Items whose body waits for what the shared tier has.
    look_ups: LookUps<S>,
    /// Items that neither have an answer nor a body here.
    waiting: Vec<Missing<ItemOf<S>>>,
    bypassed: Vec<ItemOf<S>>,
    answers: S::Value,
    error: Option<S::Error>,
    /// Where the status of this call goes, if it is wanted, and what it was when the call was forwarded.
    forwarded: Option<(Context, CacheStatus)>,
    /// A body has begun.
    has_loaded: bool,
    rules: ErrorRules<S>,
    most: usize,
    body: B,
    types: std::marker::PhantomData<fn() -> K>,
}

// Nothing in it is pinned but the bodies, which are boxed.
impl<K, S: ShareError<Value: BatchMap>, B, F> Unpin for BatchLoad<K, S, B, F> {}

impl<K, S, B, F> BatchLoad<K, S, B, F>
where
    S: ShareError<Value: BatchMap<Item: Clone>>,
    B: Fn(Vec<ItemOf<S>>, Leases) -> F,
{
    pub(super) fn new(
        found: Found<S>,
        forwarded: Option<(Context, CacheStatus)>,
        rules: ErrorRules<S>,
        most: usize,
        body: B,
    ) -> Self {
        BatchLoad {
            chunks: Vec::new(),
            look_ups: LookUps::new(),
            waiting: found.missing,
            bypassed: found.bypassed,
            answers: found.answers,
            error: found.error,
            forwarded,
            has_loaded: false,
            rules,
            most,
            body,
            types: std::marker::PhantomData,
        }
    }

    /// Begins the bodies of the items that were never looked up.
    fn begin_bypassed(&mut self) {
        let mut items = mem::take(&mut self.bypassed).into_iter().peekable();
        while items.peek().is_some() {
            let next = items.by_ref().take(self.most).collect();
            let body = |items| (self.body)(items, Leases::default());
            self.chunks.push(Chunk::of_bypassed(next, body));
        }
    }

    fn begin(&mut self, missing: Vec<Missing<ItemOf<S>>>, leases: Leases) {
        if !missing.is_empty() {
            self.has_loaded = true;
            let node = node_of(&leases);
            let body = |items| (self.body)(items, leases);
            self.chunks.push(Chunk::of_missing(missing, node, body));
        }
    }
}

impl<K, S, B, F> BatchLoad<K, S, B, F>
where
    K: CacheKey,
    S: ShareError<Value: BatchMap<Item: Clone>>,
    B: Fn(Vec<ItemOf<S>>, Leases) -> F,
    F: Future<Output = S::Return>,
{
    /// Goes as far as it can with the items that have no body here, and begins one for those that lead; those of a `shared`
    /// function are looked up first.
    fn advance(&mut self, cx: &mut TaskContext<'_>) -> Result<(), S::Error> {
        let mut running = Arc::default();
        let (mut led, mut alone) = (Vec::new(), Vec::new());
        let mut waiting = Vec::new();
        for mut missing in mem::take(&mut self.waiting) {
            let slot = AnswerSlot::<K, PerItem<S>>::new();
            let call = missing.call.call();
            call.request.running = Some(Arc::clone(&running));
            match call.advance(cx, &slot) {
                Progress::Pending => waiting.push(missing),
                Progress::RunBody if call.is_leading() => {
                    led.extend(self.look_ups.add(missing));
                    if led.len() >= self.most {
                        self.begin(mem::take(&mut led), Leases::default());
                        running = Arc::<RunningLoad>::default();
                    }
                }
                Progress::RunBody => {
                    alone.push(missing);
                    if alone.len() >= self.most {
                        self.begin(mem::take(&mut alone), Leases::default());
                    }
                }
                Progress::Answered => match slot.into_answer() {
                    Some(ItemAnswer::Value(value)) => self.answers.put(missing.item, value),
                    Some(ItemAnswer::Failed(error)) => return Err(error),
                    Some(ItemAnswer::Absent) | None => {}
                },
            }
        }
        self.look_ups.begin();
        self.begin(led, Leases::default());
        self.begin(alone, Leases::default());
        self.waiting = waiting;
        Ok(())
    }

    /// Polls the look-ups in the shared tier, and begins bodies for what it has not.
    fn poll_look_ups(&mut self, cx: &mut TaskContext<'_>) -> Result<(), S::Error> {
        if self.look_ups.is_empty() {
            return Ok(());
        }
        let (rules, answers) = (&self.rules, &mut self.answers);
        let to_load = self.look_ups.poll::<K>(cx, rules, self.most, answers)?;
        for (missing, leases) in to_load {
            self.begin(missing, leases);
        }
        Ok(())
    }

    /// Polls the bodies, and ends those that are done.
    fn poll_chunks(&mut self, cx: &mut TaskContext<'_>) -> Result<(), S::Error> {
        let mut next = 0;
        while let Some(chunk) = self.chunks.get_mut(next) {
            match chunk.poll::<K, S>(cx, &self.rules) {
                Poll::Pending => next += 1,
                Poll::Ready(ended) => {
                    let chunk = self.chunks.swap_remove(next);
                    chunk.finish::<K, S>(ended, &self.rules, &mut self.answers)?;
                }
            }
        }
        Ok(())
    }

    /// Items that the shared tier has make no hit of a call that has loaded others.
    fn record_end(&self) {
        let Some((context, forwarded)) = &self.forwarded else {
            return;
        };
        if self.has_loaded {
            context.record(|status| {
                status.hit = false;
                status.shared = false;
                status.fwd = forwarded.fwd;
            });
        }
    }

    fn poll_once(&mut self, cx: &mut TaskContext<'_>) -> Result<(), S::Error> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        self.begin_bypassed();
        self.advance(cx)?;
        self.poll_look_ups(cx)?;
        self.poll_chunks(cx)
    }
}

impl<K, S, B, F> Future for BatchLoad<K, S, B, F>
where
    K: CacheKey,
    S: ShareError<Value: BatchMap<Item: Clone>>,
    B: Fn(Vec<ItemOf<S>>, Leases) -> F,
    F: Future<Output = S::Return>,
{
    type Output = S::Return;

    fn poll(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<S::Return> {
        let this = &mut *self;
        if let Err(error) = this.poll_once(cx) {
            // Whoever waits for the other bodies starts a load of their own.
            this.chunks.clear();
            this.look_ups.clear();
            this.waiting.clear();
            return Poll::Ready(S::fail(error));
        }
        if this.chunks.is_empty() && this.look_ups.is_empty() && this.waiting.is_empty() {
            this.record_end();
            return Poll::Ready(S::wrap(mem::replace(
                &mut this.answers,
                S::Value::with_room(0),
            )));
        }
        Poll::Pending
    }
}
