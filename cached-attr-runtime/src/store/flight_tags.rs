//! The tags of a running load.
//!
//! A load may name tags while it runs. Whether an invalidation concerns it is then known only later, so the load keeps
//! what was invalidated since it began: its marks. When it names a tag that is among them, it is void, as if it had
//! named the tag from the start; and who joined it after that mark was made came after the invalidation, so its answer
//! is not for them.

use std::sync::{Arc, Mutex, MutexGuard};

use crate::lock::lock;

/// A group of entries that are invalidated together.
pub(crate) type Tag = Arc<str>;

/// How many marks a load keeps. At one more it is void, whatever it would have named.
const MOST_MARKS: usize = 64;

/// Changes under the lock of the load's shard only.
#[derive(Default)]
pub(crate) struct FlightTags(
    // None for a load that has no tags and names none: most of them.
    Option<Box<Mutex<State>>>,
);

#[derive(Default)]
struct State {
    named: Vec<Tag>,
    /// Whether the load may name more.
    open: bool,
    /// What was invalidated while the load ran and had not named it, each tag once and in this order.
    marks: Vec<Tag>,
    /// The first of the marks that the load has named since.
    first_named_mark: Option<usize>,
}

impl FlightTags {
    /// Those of a load that begins. `open`: it may name more while it runs.
    pub(crate) fn new(tags: &[Tag], open: bool) -> Self {
        if tags.is_empty() && !open {
            return FlightTags(None);
        }
        let mut state = State {
            open,
            ..State::default()
        };
        for tag in tags {
            state.name(tag);
        }
        FlightTags(Some(Box::new(Mutex::new(state))))
    }

    /// Adds a tag; whether that makes the load void.
    pub(super) fn name(&self, tag: &Tag) -> bool {
        self.lock().is_some_and(|mut state| {
            debug_assert!(
                state.open,
                "a load that names tags is begun as one that may"
            );
            state.name(tag)
        })
    }

    /// A tag is invalidated; whether that makes the load void.
    pub(super) fn invalidate(&self, tag: &str) -> bool {
        self.lock().is_some_and(|mut state| state.invalidate(tag))
    }

    /// All tags named so far, each once.
    pub(crate) fn named(&self) -> Vec<Tag> {
        self.lock()
            .map_or_else(Vec::new, |state| state.named.clone())
    }

    /// How many marks there are: for a call that joins now.
    pub(super) fn marks(&self) -> usize {
        self.lock().map_or(0, |state| state.marks.len())
    }

    /// Whether the answer is not for a call that joined when there were so many marks: it came after the invalidation of
    /// a tag that the load has named since.
    pub(crate) fn refuses(&self, marks_when_joined: usize) -> bool {
        let first = self.lock().and_then(|state| state.first_named_mark);
        first.is_some_and(|mark| mark < marks_when_joined)
    }

    fn lock(&self) -> Option<MutexGuard<'_, State>> {
        let state = self.0.as_ref()?;
        Some(lock(state))
    }
}

impl State {
    fn name(&mut self, tag: &Tag) -> bool {
        if self.named.contains(tag) {
            return false;
        }
        self.named.push(tag.clone());
        let Some(mark) = self.marks.iter().position(|marked| marked == tag) else {
            return false;
        };
        let first = self.first_named_mark.map_or(mark, |first| first.min(mark));
        self.first_named_mark = Some(first);
        true
    }

    fn invalidate(&mut self, tag: &str) -> bool {
        let is_it = |known: &Tag| **known == *tag;
        if self.named.iter().any(is_it) {
            return true;
        }
        // A second mark of one tag would change nothing: who joined after it joined after the first one too.
        if !self.open || self.marks.iter().any(is_it) {
            return false;
        }
        if self.marks.len() == MOST_MARKS {
            return true;
        }
        self.marks.push(tag.into());
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(name: &str) -> Tag {
        name.into()
    }

    #[test]
    fn a_tag_known_from_the_start_makes_the_load_void_and_leaves_no_mark() {
        let tags = FlightTags::new(&[tag("a"), tag("b")], false);
        assert!(!tags.invalidate("c"));
        assert!(tags.invalidate("b"));
        assert_eq!(tags.marks(), 0);
    }

    #[test]
    fn a_tag_named_after_its_invalidation_refuses_those_who_joined_after_it() {
        let tags = FlightTags::new(&[], true);
        assert!(!tags.invalidate("other"));
        assert!(!tags.invalidate("a"));
        assert!(!tags.invalidate("a"), "once");
        assert_eq!(tags.marks(), 2);
        assert!(!tags.refuses(2), "nothing is named yet");
        assert!(tags.name(&tag("a")));
        assert!(tags.refuses(2));
        assert!(!tags.refuses(1), "joined before that invalidation");
        assert!(!tags.name(&tag("b")), "was not invalidated");
        assert!(tags.name(&tag("other")));
        assert!(tags.refuses(1) && !tags.refuses(0));
    }

    #[test]
    fn a_tag_that_renders_twice_is_one() {
        let tags = FlightTags::new(&[tag("a"), tag("a")], true);
        tags.name(&tag("a"));
        assert_eq!(tags.named(), [tag("a")]);
    }

    #[test]
    fn marks_are_bounded() {
        let tags = FlightTags::new(&[], true);
        for number in 0..MOST_MARKS {
            assert!(!tags.invalidate(&number.to_string()));
        }
        assert!(tags.invalidate("one more"));
        assert_eq!(tags.marks(), MOST_MARKS);
    }
}
