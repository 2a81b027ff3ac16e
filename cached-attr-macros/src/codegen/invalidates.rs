//! The writer: keys first, then its body, then the invalidations.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::{ReturnType, spanned::Spanned as _};

use super::wrapper;
use crate::{
    idents,
    invalidates::{KeyArgument, Target, Writer},
    item::Function,
};

/// ```text
/// { BODY }
///     →
/// { let key_0 = script_key(id);
///   let abort = on_abort(|| script_cache().forget(&key_0));      // dropped or panicking: it may have written
///   let answer = async move { BODY }.await; abort.disarm();
///   if SHAPE.succeeded(&answer) { script_cache().invalidate(&key_0).await; } answer }
/// ```
pub(crate) fn emit(function: &Function, writer: &Writer) -> TokenStream {
    let runtime = &writer.runtime;
    let keys = writer
        .targets
        .iter()
        .enumerate()
        .map(|(index, target)| emit_key(index, target));
    let invalidations: TokenStream = writer
        .targets
        .iter()
        .enumerate()
        .map(|(index, target)| emit_invalidation(index, target))
        .collect();
    let before = writer.before.then_some(&invalidations);
    let body = wrapper::load(function, runtime, &TokenStream::new());
    let (answer, abort) = (idents::local("answer"), idents::local("abort"));
    let forgets = writer.targets.iter().enumerate().map(|(index, target)| {
        let (key, cache) = (key(index), &target.cache);
        quote_spanned!(cache.span()=> #cache().forget(&#key);)
    });
    let ret = match function.answer() {
        ReturnType::Default => quote!(()),
        ReturnType::Type(_, ty) => quote!(#ty),
    };
    let after = if writer.always {
        invalidations.clone()
    } else {
        quote! {
            if #runtime::__private::ReturnType::succeeded(&#runtime::__private::Returns::<#ret>::NEW.cached_kind().cached_shape(), &#answer) {
                #invalidations
            }
        }
    };
    let statements = quote! {
        #(#keys)*
        #before
        let #abort = #runtime::__private::on_abort(|| { #(#forgets)* });
        let #answer = #body.await;
        #abort.disarm();
        #after
        #answer
    };
    wrapper::around(function, &statements)
}

fn key(index: usize) -> Ident {
    idents::local(&format!("key_{index}"))
}

fn emit_key(index: usize, target: &Target) -> TokenStream {
    let (key, function) = (key(index), &target.key);
    let arguments = target.arguments.iter().map(|argument| match argument {
        KeyArgument::Written(expr) => quote!(#expr),
        KeyArgument::Cloned(name) => {
            // By a name of its own: what is expected of the argument is not expected of `clone`.
            let mut cloned = idents::local("cloned");
            cloned.set_span(cloned.span().located_at(name.span()));
            quote_spanned!(name.span()=> { let #cloned = ::core::clone::Clone::clone(&#name); #cloned })
        }
    });
    let mut call = quote!(let #key = #function);
    target
        .paren
        .surround(&mut call, |inside| inside.extend(quote!(#(#arguments),*)));
    quote!(#call;)
}

fn emit_invalidation(index: usize, target: &Target) -> TokenStream {
    let (key, cache) = (key(index), &target.cache);
    quote_spanned!(cache.span()=> let _ = #cache().invalidate(&#key).await;)
}
