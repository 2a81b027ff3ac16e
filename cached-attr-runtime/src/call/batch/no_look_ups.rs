//! Without a shared tier an item that leads is loaded at once.

use std::marker::PhantomData;
use std::sync::Arc;
use std::task::Context as TaskContext;

use super::super::end::ErrorRules;
use super::Missing;
use super::item::{BatchMap, ItemOf};
use crate::return_type::ShareError;
use crate::store::RunningLoad;

/// There are none.
#[derive(Default)]
pub(super) struct Leases(());

pub(super) type ToLoad<S> = (Vec<Missing<ItemOf<S>>>, Leases);

pub(super) fn node_of(_: &Leases) -> Option<Arc<RunningLoad>> {
    None
}

pub(super) struct LookUps<S>(PhantomData<fn() -> S>);

#[allow(
    clippy::unused_self,
    clippy::unnecessary_wraps,
    clippy::extra_unused_type_parameters,
    reason = "as with a tier"
)]
impl<S: ShareError<Value: BatchMap>> LookUps<S> {
    pub(super) fn new() -> Self {
        LookUps(PhantomData)
    }

    pub(super) fn is_empty(&self) -> bool {
        true
    }

    pub(super) fn clear(&mut self) {}

    pub(super) fn add(&mut self, missing: Missing<ItemOf<S>>) -> Option<Missing<ItemOf<S>>> {
        Some(missing)
    }

    pub(super) fn begin(&mut self) {}

    pub(super) fn poll<K>(
        &mut self,
        _: &mut TaskContext<'_>,
        _: &ErrorRules<S>,
        _: usize,
        _: &mut S::Value,
    ) -> Result<Vec<ToLoad<S>>, S::Error> {
        Ok(Vec::new())
    }
}
