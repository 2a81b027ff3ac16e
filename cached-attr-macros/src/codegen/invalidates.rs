//! The writer: keys first, then its body, then the invalidations.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Path, ReturnType, spanned::Spanned};

use super::{arguments, respan::respanned, tags, wrapper};
use crate::{
    idents,
    invalidates::{KeyArgument, Target, TargetCache, TargetKey, Writer},
    item::Function,
    plan::TextTemplate,
};

/// ```text
/// { BODY }
///     →
/// { let tag_0 = tag(format_args!("tenant:{}", tenant)); let key_0 = script_key(id);
///   let abort = on_abort(|| { script_cache().forget(&key_0); forget_tag(&tag_0); });      // dropped or panicking: it may have written
///   let answer = async move { BODY }.await; abort.disarm();
///   if SHAPE.succeeded(&answer) { script_cache().invalidate(&key_0).await; invalidate_tag(&tag_0).await; } answer }
/// ```
pub(crate) fn emit(function: &Function, writer: &Writer) -> TokenStream {
    let runtime = &writer.runtime;
    let caches = each(writer, emit_cache);
    let keys = each(writer, |index, target| emit_key(runtime, index, target));
    let tags = each_tag(writer, |name, tag| {
        let tag = tags::emit(runtime, tag);
        quote!(let #name = #tag;)
    });
    let mut invalidations = each(writer, emit_invalidation);
    invalidations.extend(each_tag(
        writer,
        |name, _| quote!(let _ = #runtime::invalidate_tag(&#name).await;),
    ));
    let mut forgets = each(writer, |index, target| emit_forget(runtime, index, target));
    forgets.extend(each_tag(
        writer,
        |name, _| quote!(#runtime::__private::forget_tag(&#name);),
    ));
    let before = writer.before.then_some(&invalidations);
    let body = wrapper::load(function, runtime, None, &TokenStream::new());
    let (answer, abort) = (idents::local("answer"), idents::local("abort"));
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
        #caches
        // First: they borrow the arguments, of which a key may take something.
        #tags
        #keys
        #before
        let #abort = #runtime::__private::on_abort(|| { #forgets });
        let #answer = #body.await;
        #abort.disarm();
        #after
        #answer
    };
    wrapper::around(function, &arguments::signature(function), &statements)
}

fn each(writer: &Writer, emit: impl Fn(usize, &Target) -> TokenStream) -> TokenStream {
    let targets = writer.targets.iter().enumerate();
    targets.map(|(index, target)| emit(index, target)).collect()
}

fn each_tag(writer: &Writer, emit: impl Fn(&Ident, &TextTemplate) -> TokenStream) -> TokenStream {
    let tags = writer.tags.iter().enumerate();
    tags.map(|(index, tag)| emit(&idents::local(&format!("tag_{index}")), tag))
        .collect()
}

fn key(index: usize) -> Ident {
    idents::local(&format!("key_{index}"))
}

/// `script_cache()`, `cache_0`
fn cache(index: usize, target: &Target) -> TokenStream {
    match &target.cache {
        TargetCache::Companion(path) => quote_spanned!(path.span()=> #path()),
        TargetCache::Field(field) => {
            let cache = field_cache(index);
            quote_spanned!(field.span()=> #cache)
        }
    }
}

/// `script_cache()`, `&cache_0`
fn cache_reference(index: usize, target: &Target) -> TokenStream {
    let cache = cache(index, target);
    match &target.cache {
        TargetCache::Companion(_) => cache,
        TargetCache::Field(field) => quote_spanned!(field.span()=> &#cache),
    }
}

fn field_cache(index: usize) -> Ident {
    idents::local(&format!("cache_{index}"))
}

/// Another handle to the cache of a field: the body may borrow what holds it mutably.
fn emit_cache(index: usize, target: &Target) -> TokenStream {
    match &target.cache {
        TargetCache::Companion(_) => TokenStream::new(),
        TargetCache::Field(field) => {
            let cache = field_cache(index);
            quote_spanned!(field.span()=> let #cache = ::core::clone::Clone::clone(&#field);)
        }
    }
}

fn emit_key(runtime: &Path, index: usize, target: &Target) -> TokenStream {
    let key = key(index);
    match &target.key {
        TargetKey::All => TokenStream::new(),
        TargetKey::Of {
            companion,
            arguments,
            paren,
        } => {
            let mut call = quote!(let #key = #companion);
            let arguments = arguments.iter().map(emit_argument);
            paren.surround(&mut call, |inside| inside.extend(quote!(#(#arguments),*)));
            quote!(#call;)
        }
        TargetKey::Value(parts) => {
            let cache = cache_reference(index, target);
            let at = parts.first().map_or_else(Span::call_site, Spanned::span);
            let at = Span::mixed_site().located_at(at);
            let runtime = respanned(runtime, at);
            let parts = parts.iter().map(|part| {
                quote_spanned!(at=> #runtime::__private::ExpressionPart::of(&#part).cached_part())
            });
            let parts = super::key::tuple(parts);
            quote_spanned!(at=> let #key = #runtime::__private::IndexKey::of(#cache, #parts).cached_own();)
        }
    }
}

fn emit_argument(argument: &KeyArgument) -> TokenStream {
    match argument {
        KeyArgument::Written(expr) => quote!(#expr),
        KeyArgument::Cloned(name) => {
            // By a name of its own: what is expected of the argument is not expected of `clone`.
            let mut cloned = idents::local("cloned");
            cloned.set_span(cloned.span().located_at(name.span()));
            quote_spanned!(name.span()=> { let #cloned = ::core::clone::Clone::clone(&#name); #cloned })
        }
    }
}

fn emit_invalidation(index: usize, target: &Target) -> TokenStream {
    let (key, cache) = (key(index), cache(index, target));
    match &target.key {
        TargetKey::All => quote!(let _ = #cache.invalidate_all().await;),
        TargetKey::Of { .. } | TargetKey::Value(_) => {
            quote!(let _ = #cache.invalidate(&#key).await;)
        }
    }
}

/// The same from where nothing can be awaited.
fn emit_forget(runtime: &Path, index: usize, target: &Target) -> TokenStream {
    let (key, cache) = (key(index), cache(index, target));
    let reference = cache_reference(index, target);
    match &target.key {
        TargetKey::All => quote!(#runtime::__private::forget_all(#reference);),
        TargetKey::Of { .. } | TargetKey::Value(_) => quote!(#cache.forget(&#key);),
    }
}
