//! The arguments of a load that may run in the background: owned when it is made, lent to its code.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, quote};
use syn::Path;

use super::{respan::respanned, types, without_self::without_self};
use crate::{
    idents,
    plan::{Background, OwnedArgument, OwnedForm},
};

/// What stands before the load, and in it.
pub(super) struct Owned {
    /// `let owned_db = OwnCheck::of(db).own();`
    pub(super) outside: TokenStream,
    /// `let db = owned_db.get();`
    pub(super) inside: TokenStream,
}

/// `clones`: others use the arguments as well, so that values are cloned.
pub(super) fn emit(runtime: &Path, background: &Background, clones: bool) -> Owned {
    let (mut outside, mut inside) = (TokenStream::new(), TokenStream::new());
    for argument in &background.owned {
        let name = &argument.name;
        let kept = idents::local(&format!("owned_{}", syn::ext::IdentExt::unraw(name)));
        let name_inside = name_inside(name);
        let (own, lend) = match argument.form {
            OwnedForm::Reference | OwnedForm::OptionalReference => {
                outside.extend(assert(runtime, argument));
                (quote!(OwnCheck::of(#name).own()), quote!(#kept.get()))
            }
            OwnedForm::Value if clones => (quote!(own_value(&#name)), quote!(#kept)),
            OwnedForm::Value => {
                // Moved by the load itself.
                if name == "self" {
                    // Its own `mut` has left the signature.
                    outside.extend(quote!(#[allow(unused_mut)] let mut #name_inside = #name;));
                }
                continue;
            }
        };
        let own = respanned(&quote!(#runtime::__private::#own), argument.at);
        outside.extend(quote!(let #kept = #own;));
        inside.extend(quote!(let #name_inside = #lend;));
    }
    Owned { outside, inside }
}

/// `assert_background::<Db, _>(background_load);`, at the type behind the reference.
fn assert(runtime: &Path, argument: &OwnedArgument) -> TokenStream {
    let ty = match &argument.behind {
        Some(ty) => types::with_elided_lifetimes(ty).into_token_stream(),
        None => idents::self_type().into_token_stream(),
    };
    let load = quote!(#runtime::__private::background_load);
    let assertion = quote!(#runtime::__private::assert_background::<#ty, _>(#load););
    respanned(&assertion, argument.at)
}

/// The load's code, which no longer belongs to a method.
pub(super) fn moved(code: TokenStream, background: &Background) -> TokenStream {
    if owns_self(background) {
        without_self(code)
    } else {
        code
    }
}

/// Does the load use `self`?
pub(super) fn owns_self(background: &Background) -> bool {
    background
        .owned
        .iter()
        .any(|argument| argument.name == "self")
}

/// What an argument is called in the load.
fn name_inside(name: &Ident) -> Ident {
    if name == "self" {
        idents::this()
    } else {
        name.clone()
    }
}
