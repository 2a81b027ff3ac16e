//! Arguments as locals of the load.
//!
//! An `async fn` moves its arguments into locals of its body. The async block that takes the body's place does the
//! same, or the compiler's messages would name captured values where the user wrote an argument.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{FnArg, PatIdent, Signature, Token, visit::Visit};

use crate::{
    free_names::Reads,
    item::{self, Function},
};

/// `(mut a, b)` → `let (mut a, b) = (a, b);`, of those that the body reads.
pub(super) fn emit(function: &Function) -> TokenStream {
    let mut bindings = Bindings(Vec::new());
    function
        .sig
        .inputs
        .iter()
        .for_each(|input| bindings.visit_fn_arg(input));
    let reads = Reads::of(&function.body.load().statements);
    let mut unsure = false;
    let mut kept: Vec<(Option<Token![mut]>, Ident)> = Vec::new();
    for (mutable, name) in bindings.0 {
        let word = name.to_string();
        if reads.names(&word) {
            unsure |= !reads.surely(&word);
            kept.push((mutable, name));
        }
    }
    let allow = unsure.then(|| quote!(#[allow(unused_variables)]));
    let mutables = kept.iter().map(|(mutable, _)| mutable);
    let names = || kept.iter().map(|(_, name)| name);
    let (left, right) = (names(), names());
    match kept.len() {
        0 => TokenStream::new(),
        1 => quote!(#allow let #(#mutables #left)* = #(#right)*;),
        _ => quote!(#allow let (#(#mutables #left),*) = (#(#right),*);),
    }
}

/// The signature without the `mut` that has gone to the locals.
pub(super) fn signature(function: &Function) -> Signature {
    let mut sig = function.sig.clone();
    for input in &mut sig.inputs {
        if let FnArg::Typed(typed) = input {
            item::without_mut(&mut typed.pat);
        }
    }
    sig
}

/// The same where `self` is a local as well.
pub(super) fn signature_without_mut_self(function: &Function) -> Signature {
    let mut sig = signature(function);
    if let Some(FnArg::Receiver(receiver)) = sig.inputs.first_mut() {
        receiver.mutability = None;
    }
    sig
}

/// Every name that a parameter binds, and its `mut`.
struct Bindings(Vec<(Option<Token![mut]>, Ident)>);

impl<'ast> Visit<'ast> for Bindings {
    fn visit_pat_ident(&mut self, binding: &'ast PatIdent) {
        let mutable = if binding.by_ref.is_none() {
            binding.mutability
        } else {
            None
        };
        self.0.push((mutable, binding.ident.clone()));
        syn::visit::visit_pat_ident(self, binding);
    }

    // Types hold no bindings.
    fn visit_type(&mut self, _: &'ast syn::Type) {}
}
