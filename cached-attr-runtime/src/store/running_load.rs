//! A running load: which task polls its body, and whether that body was woken since.
//!
//! Two calls of one task may depend on each other without either being wrong: `select!` over `&mut call` leaves a load
//! behind that is polled no more, and the same key is then awaited. Who waits there would wait for ever, because only
//! the waiting task itself could poll that load. The sign of it is a load of the same task that was woken and is not
//! polled, so the waker of each body is wrapped and records when it was used.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Wake, Waker};
use std::thread::{self, ThreadId};

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
    poller: Mutex<Option<Poller>>,
    /// Set by the wrapped waker, cleared before each poll of the body.
    woken: AtomicBool,
    polls: AtomicU32,
    /// For how many other loads its body waits.
    pub(super) waits: AtomicU32,
}

struct Poller {
    task: PollingTask,
    waker: Waker,
    /// Calls of the same task that wait for this load.
    followers: Vec<Waker>,
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
        let task = PollingTask::current();
        let mut poller = self.lock();
        match &mut *poller {
            Some(poller) => {
                poller.task = task;
                poller.waker.clone_from(waker);
            }
            None => {
                *poller = Some(Poller {
                    task,
                    waker: waker.clone(),
                    followers: Vec::new(),
                });
            }
        }
        drop(poller);
        self.polls.fetch_add(1, Ordering::Relaxed);
        // After the waker is in place: a wake that comes before this line is answered by the poll that follows it.
        self.woken.store(false, Ordering::Release);
        Waker::from(Arc::clone(self))
    }

    /// Whether the body was woken on this task, and has not been polled since. A follower of the same task is woken
    /// with the body from now on, to look again.
    pub(super) fn stalled_in(&self, task: PollingTask, follower: &Waker) -> Option<Stalled> {
        let mut poller = self.lock();
        let poller = poller.as_mut().filter(|poller| poller.task == task)?;
        if !poller
            .followers
            .iter()
            .any(|known| known.will_wake(follower))
        {
            poller.followers.push(follower.clone());
        }
        self.woken.load(Ordering::Acquire).then(|| Stalled {
            load: self.address(),
            polls: self.polls.load(Ordering::Relaxed),
        })
    }

    pub(super) fn address(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Poller>> {
        self.poller.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for RunningLoad {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.store(true, Ordering::Release);
        let (waker, followers) = match &mut *self.lock() {
            Some(poller) => (poller.waker.clone(), std::mem::take(&mut poller.followers)),
            None => return,
        };
        // Not under the lock: a waker may run anything. The body first, so that it is polled before the followers.
        waker.wake();
        followers.into_iter().for_each(Waker::wake);
    }
}
