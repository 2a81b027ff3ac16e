//! A running load: which task polls its body, and whether that body was woken since.
//!
//! Two calls of one task may depend on each other without either being wrong: `select!` over `&mut call` leaves a load
//! behind that is polled no more, and the same key is then awaited. Who waits there would wait for ever, because only
//! the waiting task itself could poll that load. The sign of it is a load of the same task that was woken and is not
//! polled, so the waker of each body is wrapped and records when it was used.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Wake, Waker};
use std::thread::{self, ThreadId};

use crate::lock::lock;

/// What polls a future.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PollingTask {
    Tokio(tokio::task::Id),
    /// Outside of tokio's tasks: what `block_on` runs, or another executor's task.
    Thread(ThreadId),
}

impl PollingTask {
    pub(crate) fn current() -> Self {
        tokio::task::try_id().map_or_else(
            || PollingTask::Thread(thread::current().id()),
            PollingTask::Tokio,
        )
    }
}

/// A load whose body is polled somewhere. It is the node of the [wait graph](super::wait_graph): one body may serve
/// several keys.
#[derive(Default)]
pub(crate) struct RunningLoad {
    state: Mutex<State>,
    /// How many flights are its own and not over.
    flights: AtomicU32,
    /// For how many other loads its body waits.
    pub(super) waits: AtomicU32,
    /// The body is being polled, or its answer looked at: a load that is dropped now has panicked.
    working: AtomicBool,
    /// For those who wait, while it runs.
    #[cfg(feature = "tracing")]
    span: Mutex<Option<tracing::Span>>,
}

#[derive(Default)]
struct State {
    poller: Option<Poller>,
    polls: u32,
    /// The poll after which the body was woken last.
    woken_after: u32,
    /// None until there is one: few loads are waited for.
    followers: Option<BTreeMap<u64, Poller>>,
    next_follower: u64,
}

/// A task, and how it is woken.
struct Poller {
    task: PollingTask,
    waker: Waker,
}

impl State {
    fn is_stalled_in(&self, task: PollingTask) -> bool {
        let here = self
            .poller
            .as_ref()
            .is_some_and(|poller| poller.task == task);
        here && self.woken_after == self.polls
    }
}

/// A load that was woken and not polled, at the time of looking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stalled {
    load: usize,
    polls: u32,
}

impl RunningLoad {
    /// Begins a poll of the body on this task. The body gets the returned waker.
    pub(crate) fn begin_poll(self: &Arc<Self>, waker: &Waker) -> Waker {
        self.working.store(true, Ordering::Relaxed);
        let task = PollingTask::current();
        let mut state = self.lock();
        state.polls = state.polls.wrapping_add(1);
        let before = match &mut state.poller {
            Some(poller) if poller.waker.will_wake(waker) => {
                poller.task = task;
                None
            }
            poller => poller.replace(Poller {
                task,
                waker: waker.clone(),
            }),
        };
        drop(state);
        // Not under the lock: it may be the last handle to a task.
        drop(before);
        Waker::from(Arc::clone(self))
    }

    /// The body has been polled, and is not done.
    pub(crate) fn end_poll(&self) {
        self.working.store(false, Ordering::Relaxed);
    }

    pub(crate) fn is_working(&self) -> bool {
        self.working.load(Ordering::Relaxed)
    }

    /// One more flight, or body, is this load's.
    pub(crate) fn begin_flight(&self) {
        self.flights.fetch_add(1, Ordering::Relaxed);
    }

    /// One of its flights is over. After the last one it is polled no more: its wakers are released.
    pub(crate) fn end(&self) {
        let ended = |flights: u32| flights.checked_sub(1);
        let flights = self
            .flights
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, ended);
        if flights.is_ok_and(|before| before > 1) {
            return;
        }
        let mut state = self.lock();
        let released = (state.poller.take(), state.followers.take());
        drop(state);
        drop(released);
    }

    /// Whether the body was woken on this task, and has not been polled since.
    pub(super) fn stalled_in(&self, task: PollingTask) -> Option<Stalled> {
        let state = self.lock();
        state.is_stalled_in(task).then(|| Stalled {
            load: self.address(),
            polls: state.polls,
        })
    }

    pub(super) fn task(&self) -> Option<PollingTask> {
        self.lock().poller.as_ref().map(|poller| poller.task)
    }

    /// The wakers of those who follow this load on such a task.
    pub(super) fn followers(&self, is_meant: impl Fn(PollingTask) -> bool) -> Vec<Waker> {
        let state = self.lock();
        let followers = state.followers.iter().flat_map(BTreeMap::values);
        followers
            .filter(|follower| is_meant(follower.task))
            .map(|follower| follower.waker.clone())
            .collect()
    }

    pub(super) fn address(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    #[cfg(feature = "tracing")]
    pub(crate) fn span(&self) -> Option<tracing::Span> {
        let span = lock(&self.span);
        span.clone()
    }

    #[cfg(feature = "tracing")]
    pub(crate) fn set_span(&self, span: Option<tracing::Span>) {
        let mut held = lock(&self.span);
        let before = std::mem::replace(&mut *held, span);
        drop(held);
        // Not under the lock: a subscriber may do anything when a span closes.
        drop(before);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl Wake for RunningLoad {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let (waker, polls) = {
            let state = self.lock();
            let Some(poller) = &state.poller else { return };
            (poller.waker.clone(), state.polls)
        };
        // Not under the lock: a waker may run anything. And before it is recorded: who sees the record must find the
        // body in line to be polled.
        waker.wake();
        let task = {
            let mut state = self.lock();
            state.woken_after = polls;
            state.poller.as_ref().map(|poller| poller.task)
        };
        let followers = self.followers(|other| Some(other) == task);
        if let Some(_waking) = WakingFollowers::of(self, &followers) {
            followers.into_iter().for_each(Waker::wake);
        }
    }
}

thread_local! {
    /// The loads whose followers are being woken by this thread.
    static WAKING: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

/// The followers of a load are being woken. Two batches may follow each other, and each waker wakes those who follow its own
/// load.
struct WakingFollowers;

impl WakingFollowers {
    /// None where there are none, or where this was called by one of them.
    fn of(load: &RunningLoad, followers: &[Waker]) -> Option<Self> {
        if followers.is_empty() {
            return None;
        }
        WAKING.with_borrow_mut(|waking| {
            let begins = !waking.contains(&load.address());
            begins.then(|| {
                waking.push(load.address());
                WakingFollowers
            })
        })
    }
}

impl Drop for WakingFollowers {
    fn drop(&mut self) {
        WAKING.with_borrow_mut(Vec::pop);
    }
}

/// A call that waits for a load: it is woken with the body, if that is polled by the same task, to look whether it still
/// is.
pub(crate) struct Watch {
    load: Arc<RunningLoad>,
    id: u64,
}

impl Watch {
    pub(crate) fn new(load: &Arc<RunningLoad>) -> Self {
        let mut state = load.lock();
        let id = state.next_follower;
        state.next_follower += 1;
        Watch {
            load: Arc::clone(load),
            id,
        }
    }

    pub(super) fn load(&self) -> &Arc<RunningLoad> {
        &self.load
    }

    /// Sets where this call is polled.
    pub(super) fn register(&self, task: PollingTask, waker: &Waker) {
        let mut state = self.load.lock();
        let followers = state.followers.get_or_insert_default();
        let known = followers.get(&self.id);
        if known.is_some_and(|known| known.task == task && known.waker.will_wake(waker)) {
            return;
        }
        let waker = waker.clone();
        let before = followers.insert(self.id, Poller { task, waker });
        drop(state);
        drop(before);
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let mut state = self.load.lock();
        let before = state.followers.as_mut().map(|all| all.remove(&self.id));
        drop(state);
        drop(before);
    }
}
