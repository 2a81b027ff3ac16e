//! How far a call is: everything about it but its body and its types.

use std::task::{Context as TaskContext, Poll};

use super::leader::Leader;
use super::request::{Follower, Next, Request};
use crate::context::{Context, Entered};
use crate::store::AnswerSink;

/// A call that found no answer in memory.
pub(super) struct Stage {
    pub(super) ticket: Request,
    at: At,
}

enum At {
    Claim,
    Waiting(Follower),
    Loading(Leader),
    /// The body runs by itself.
    Alone,
}

/// What the call does next.
pub(super) enum Turn {
    Pending,
    /// The taker has the answer.
    Found,
    /// The body is polled.
    ErasedPair,
}

impl Stage {
    /// Goes as far as it can without the body.
    pub(super) fn advance(&mut self, cx: &mut TaskContext<'_>, sink: &dyn AnswerSink) -> Turn {
        loop {
            match &mut self.at {
                At::Claim => {
                    self.at = match self.ticket.join_or_lead(sink) {
                        Next::Found => return Turn::Found,
                        Next::Wait(joined) => At::Waiting(joined),
                        Next::Leader(lead) => At::Loading(lead),
                        Next::Alone => At::Alone,
                    };
                }
                At::Waiting(joined) => {
                    let Poll::Ready((flight, joins)) = joined.poll(cx) else {
                        return Turn::Pending;
                    };
                    // It waits no more: let nobody think so while the answer is taken.
                    self.at = At::Claim;
                    if self.ticket.landed(&flight, joins, sink) {
                        return Turn::Found;
                    }
                }
                At::Loading(_) | At::Alone => return Turn::ErasedPair,
            }
        }
    }

    /// Makes the load, if it is one, the surroundings of what is polled while the guard lives.
    pub(super) fn enter(&self) -> Option<Entered> {
        match &self.at {
            At::Loading(lead) => Some(lead.enter()),
            _ => alone(),
        }
    }

    /// The body has been polled, and is not done.
    pub(super) fn rest(&self) {
        if let At::Loading(lead) = &self.at {
            lead.rest();
        }
    }

    /// The body is done: the load, if it was one, has to be ended.
    pub(super) fn over(&mut self) -> Option<Leader> {
        match std::mem::replace(&mut self.at, At::Alone) {
            At::Loading(lead) => Some(lead),
            _ => None,
        }
    }
}

/// The surroundings of a body that is no load: what it calls is not the outermost call.
pub(super) fn alone() -> Option<Entered> {
    Context::without_status().map(Context::enter)
}

/// A stage behind a trait object: the futures of cached functions stay small, and the compiler need not prove of each
/// of them that a whole store may be sent to another thread.
pub(super) struct Underway(Box<dyn Holds>);

trait Holds: Send + Sync {
    fn stage(&mut self) -> &mut Stage;
}

impl Holds for Stage {
    fn stage(&mut self) -> &mut Stage {
        self
    }
}

impl Underway {
    pub(super) fn new(ticket: Request) -> Self {
        Underway(Box::new(Stage {
            ticket,
            at: At::Claim,
        }))
    }

    pub(super) fn stage(&mut self) -> &mut Stage {
        self.0.stage()
    }
}
