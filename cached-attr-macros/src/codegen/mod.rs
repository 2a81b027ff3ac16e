//! Stage five: the plan as tokens. Nothing is decided here and nothing can fail.

mod arguments;
mod asserts;
mod background;
mod batch;
mod companions;
mod format_string;
mod invalidates;
mod key;
mod layer;
mod leader;
mod resources;
mod respan;
mod settings;
mod shared;
mod tags;
mod time;
mod type_probe;
mod types;
mod without_self;
mod wrapper;

use proc_macro2::TokenStream;

use crate::{item::Function, plan::Plan};

pub(crate) use invalidates::emit as emit_invalidates;
pub(crate) use leader::emit as emit_leader;
pub(crate) use wrapper::original;

/// The wrapper, then its companions.
pub(crate) fn emit(function: &Function, plan: &Plan) -> TokenStream {
    let mut tokens = wrapper::emit(function, plan);
    tokens.extend(companions::emit(function, plan));
    tokens
}
