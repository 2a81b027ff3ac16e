//! Stage five: the plan, written down. Nothing is decided here and nothing can fail.

mod asserts;
mod companions;
mod key;
mod layer;
mod located;
mod policy;
mod probe;
mod rebind;
mod resources;
mod types;
mod wrapper;
mod writer;

use proc_macro2::TokenStream;

use crate::{item::Function, plan::Plan};

pub(crate) use wrapper::original;
pub(crate) use writer::emit as emit_writer;

/// The wrapper, then its companions.
pub(crate) fn emit(function: &Function, plan: &Plan) -> TokenStream {
    let mut tokens = wrapper::emit(function, plan);
    tokens.extend(companions::emit(function, plan));
    tokens
}
