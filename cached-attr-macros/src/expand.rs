//! The pipeline, top to bottom. It is total: whatever goes in, tokens come out, and a mistake leaves the
//! function itself in place so that it causes no second error.

use proc_macro2::TokenStream;

use crate::{args, codegen, diag, item::Function, plan, stack, writer};

pub(crate) fn cached(attribute: TokenStream, item: &TokenStream) -> TokenStream {
    let mut function = match syn::parse2::<Function>(item.clone()) {
        Ok(function) => function,
        Err(error) => return diag::beside(item, error.into()),
    };
    let layers = stack::take(attribute, &mut function);
    match plan::plan(&function, &layers) {
        Ok(plan) => codegen::emit(&function, &plan),
        Err(errors) => {
            let bindings = args::bindings(&layers);
            diag::beside(&codegen::original(&function, &bindings), errors)
        }
    }
}

pub(crate) fn invalidates(attribute: TokenStream, item: &TokenStream) -> TokenStream {
    let function = match syn::parse2::<Function>(item.clone()) {
        Ok(function) => function,
        Err(error) => return diag::beside(item, error.into()),
    };
    match writer::plan(attribute, &function) {
        Ok(writer) => codegen::emit_writer(&function, &writer),
        Err(errors) => diag::beside(&codegen::original(&function, &[]), errors),
    }
}
