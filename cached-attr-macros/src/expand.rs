//! The pipeline, top to bottom. It is total: whatever goes in, tokens come out, and a mistake leaves the
//! function itself in place so that it causes no second error.

use proc_macro2::TokenStream;

use crate::{codegen, diag, item::Function, plan, stack};

pub(crate) fn cached(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let mut function = match syn::parse2::<Function>(item.clone()) {
        Ok(function) => function,
        Err(error) => return diag::beside(item, error.into()),
    };
    let layers = stack::take(attribute, &mut function);
    match plan::plan(&function, layers) {
        Ok(plan) => codegen::emit(&function, &plan),
        Err(errors) => diag::beside(codegen::original(&function), errors),
    }
}
