//! The pipeline, top to bottom. It is total: whatever goes in, tokens come out, and a mistake leaves the
//! function itself in place so that it causes no second error.

use proc_macro2::TokenStream;

use crate::{
    args, codegen, diag, invalidates as writer, item::Function, leader as election, plan, stack,
};

/// `#[cached(attribute)] item`
pub(crate) fn cached(attribute: TokenStream, item: &TokenStream) -> TokenStream {
    // Item: the function as written.
    let mut function = match syn::parse2::<Function>(item.clone()) {
        Ok(function) => function,
        Err(error) => return diag::with_original_item(item, error.into()),
    };
    // Stack: this attribute and those of ours below it.
    let layers = stack::take(attribute, &mut function);
    // Args: what each says, value by value. Mistakes are collected, so that the next stage adds its own.
    let mut errors = darling::Error::accumulator();
    function.check(&mut errors);
    let attributes = args::read(&layers, &mut errors);
    // Plan: what it means. Emit: the plan as tokens, which cannot fail.
    match plan::plan(&function, attributes, errors) {
        Ok(plan) => codegen::emit(&function, &plan),
        Err(errors) => {
            let bindings = args::bindings(&layers);
            diag::with_original_item(&codegen::original(&function, &bindings), errors)
        }
    }
}

/// `#[invalidates(attribute)] item`
pub(crate) fn invalidates(attribute: TokenStream, item: &TokenStream) -> TokenStream {
    let function = match syn::parse2::<Function>(item.clone()) {
        Ok(function) => function,
        Err(error) => return diag::with_original_item(item, error.into()),
    };
    match writer::plan(attribute, &function) {
        Ok(writer) => codegen::emit_invalidates(&function, &writer),
        Err(errors) => diag::with_original_item(&codegen::original(&function, &[]), errors),
    }
}

/// `#[leader(attribute)] item`
pub(crate) fn leader(attribute: TokenStream, item: &TokenStream) -> TokenStream {
    let function = match syn::parse2::<Function>(item.clone()) {
        Ok(function) => function,
        Err(error) => return diag::with_original_item(item, error.into()),
    };
    match election::plan(attribute, &function) {
        Ok(leader) => codegen::emit_leader(&function, &leader),
        Err(errors) => diag::with_original_item(&codegen::original(&function, &[]), errors),
    }
}
