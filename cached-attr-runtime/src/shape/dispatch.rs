//! The candidates, in the order in which method lookup tries them.

use std::error::Error as StdError;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use super::{Chained, Cloned, Held, Opaque, Plain, Rendered, Returns};
use crate::error::SharedError;

macro_rules! candidate {
    ($trait:ident, $self:ty, $shape:ident, $($bounds:tt)*) => {
        /// One candidate.
        pub trait $trait {
            /// What it finds.
            type Shape;
            /// Finds it.
            fn shape(&self) -> Self::Shape;
        }

        impl<T, E: $($bounds)*> $trait for $self {
            type Shape = $shape<T, E>;

            fn shape(&self) -> $shape<T, E> {
                $shape(PhantomData)
            }
        }
    };
}

candidate!(
    CanClone,
    &&&&&Returns<Result<T, E>>,
    Cloned,
    Clone + Send + Sync + 'static
);
candidate!(
    CanChain,
    &&&&Returns<Result<T, E>>,
    Chained,
    StdError + From<SharedError>
);
candidate!(HoldsError, &&&Returns<Result<T, E>>, Held, Deref<Target: StdError> + From<SharedError>);
candidate!(
    CanRender,
    &&Returns<Result<T, E>>,
    Rendered,
    fmt::Display + From<SharedError>
);
candidate!(IsResult, &Returns<Result<T, E>>, Opaque, Sized);

/// The last candidate: no `Result`.
pub trait IsPlain {
    /// What it finds.
    type Shape;
    /// Finds it.
    fn shape(&self) -> Self::Shape;
}

impl<T> IsPlain for Returns<T> {
    type Shape = Plain<T>;

    fn shape(&self) -> Plain<T> {
        Plain(PhantomData)
    }
}
