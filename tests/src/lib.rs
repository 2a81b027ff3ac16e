//! What the tests of `cached-attr` share: sources that count, gates that hold a load, calls moved on by hand.

mod child;
mod dice;
mod gate;
#[cfg(doctest)]
mod guide;
mod logged;
mod source;
mod stepped;

pub use child::in_child;
pub use dice::Dice;
pub use gate::Gate;
pub use logged::{Logged, record_log, record_whole_log};
pub use source::Source;
pub use stepped::{Stepped, poll_once};
