//! What is invalidated, and how far that reached.

use std::fmt;

use super::key::RecordKey;

/// What an invalidation names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Target<'a> {
    /// One key of one function.
    Key(RecordKey<'a>),
    /// Everything stored with this tag.
    Tag(Tag<'a>),
    /// Everything of the function with this name.
    Function(&'a str),
    /// Everything in the namespace.
    Namespace,
}

/// A tag, kept out of debug output: it may be personal data.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tag<'a>(pub &'a str);

impl fmt::Debug for Tag<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tag")
    }
}

impl<'a> Target<'a> {
    /// The target of one key.
    #[must_use]
    pub fn key(name: &'a str, key: &'a str) -> Self {
        Target::Key(RecordKey { name, key })
    }

    /// The target of a tag.
    #[must_use]
    pub fn tag(tag: &'a str) -> Self {
        Target::Tag(Tag(tag))
    }

    /// An owned copy.
    #[must_use]
    pub fn to_owned(self) -> TargetBuf {
        match self {
            Target::Key(key) => TargetBuf::Key(key.name.into(), key.key.into()),
            Target::Tag(Tag(tag)) => TargetBuf::Tag(tag.into()),
            Target::Function(name) => TargetBuf::Function(name.into()),
            Target::Namespace => TargetBuf::Namespace,
        }
    }
}

/// A [`Target`] that owns its texts.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum TargetBuf {
    /// A function's name and a key's text.
    Key(Box<str>, Box<str>),
    /// A tag.
    Tag(Box<str>),
    /// A function's name.
    Function(Box<str>),
    /// Everything.
    Namespace,
}

impl TargetBuf {
    /// The borrowed form.
    #[must_use]
    pub fn as_target(&self) -> Target<'_> {
        match self {
            TargetBuf::Key(name, key) => Target::key(name, key),
            TargetBuf::Tag(tag) => Target::tag(tag),
            TargetBuf::Function(name) => Target::Function(name),
            TargetBuf::Namespace => Target::Namespace,
        }
    }
}

impl fmt::Debug for TargetBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_target().fmt(f)
    }
}

/// How far an invalidation reached when the call returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Delivery {
    /// The tier has it: no read that begins now, on any replica, is answered from before it.
    Done,
    /// The tier could not be reached. It is delivered first when the tier is back; until then this process
    /// neither reads the tier nor fills it, while other replicas may still read the old record.
    Queued,
}
