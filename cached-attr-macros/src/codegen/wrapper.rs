//! The function itself: the user's signature around one call of the runtime.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::{Path, ReturnType, Signature, spanned::Spanned as _};

use super::{arguments, background, batch, layer, resources, respan::respanned};
use crate::{
    args::Let,
    free_names,
    item::{Body, Braced, Function},
    plan::{Background, Plan},
};

/// ```text
/// async fn f(a: u32) -> u32 { BODY }
///     →
/// async fn f(a: u32) -> u32 { …; match start { Hit(answer) => answer, Miss(miss) => miss.load(async move { BODY }).await } }
/// ```
pub(super) fn emit(function: &Function, plan: &Plan) -> TokenStream {
    let resources = resources::emit(plan);
    match &plan.memo {
        Some(memo) => {
            let background = memo.background.as_ref();
            let load = load(function, &plan.runtime, background, &resources);
            let sig = if background.is_some_and(background::owns_self) || memo.batch.is_some() {
                arguments::signature_without_mut_self(function)
            } else {
                arguments::signature(function)
            };
            let answered = match &memo.batch {
                Some(batch) => batch::emit(function, plan, memo, batch, &load),
                None => layer::emit(function, plan, memo, &load),
            };
            around(function, &sig, &answered)
        }
        None => around_statements(function, &resources),
    }
}

/// The function as it was, without our attributes; what they bind is bound by plain `let`s, so that the body finds it.
pub(crate) fn original(function: &Function, bindings: &[Let]) -> TokenStream {
    let lets = match function.body {
        Body::NotAsync(_) => TokenStream::new(),
        Body::Plain(_) | Body::Returned(_) => lets(bindings),
    };
    let original = around_statements(function, &lets);
    if lets.is_empty() {
        original
    } else {
        // A binding of an argument's name leaves the argument unused.
        quote!(#[allow(unused_variables)] #original)
    }
}

/// Each after those it names; what names itself in a circle is left out.
fn lets(bindings: &[Let]) -> TokenStream {
    let mut lets = TokenStream::new();
    let mut waiting: Vec<&Let> = bindings.iter().collect();
    while let Some(next) = waiting.iter().position(|binding| {
        let named = free_names::anything(&binding.value);
        !waiting
            .iter()
            .any(|other| named.contains(&other.name.to_string()))
    }) {
        let Let {
            mutable,
            name,
            ty,
            value,
        } = waiting.remove(next);
        let ty = ty.iter();
        lets.extend(
            quote!(#[allow(unused_variables, unused_mut)] let #mutable #name #(: #ty)* = #value;),
        );
    }
    lets
}

/// The user's code where it stood, and `before` in front of it.
fn around_statements(function: &Function, before: &TokenStream) -> TokenStream {
    let Function {
        attrs, vis, sig, ..
    } = function;
    let body = braced(function.body.load(), before);
    match &function.body {
        Body::Plain(_) | Body::NotAsync(_) => quote!(#(#attrs)* #vis #sig #body),
        Body::Returned(returned) => {
            let leading = &returned.before;
            let future = returned.form.of(&quote!(async move #body));
            quote!(#(#attrs)* #vis #sig { #(#leading)* #future })
        }
    }
}

/// `body` where the user's code stood.
pub(super) fn around(function: &Function, sig: &Signature, body: &TokenStream) -> TokenStream {
    let Function { attrs, vis, .. } = function;
    match &function.body {
        // In the user's braces, so that the function as a whole is the user's and not the macro's.
        Body::Plain(plain) | Body::NotAsync(plain) => {
            let mut tokens = quote!(#(#attrs)* #vis #sig);
            plain
                .brace
                .surround(&mut tokens, |inside| inside.extend(body.clone()));
            tokens
        }
        Body::Returned(returned) => {
            let before = &returned.before;
            let future = returned.form.of(&quote!(async move { #body }));
            quote!(#(#attrs)* #vis #sig { #(#before)* #future })
        }
    }
}

/// The user's code as the future a miss runs. The return that is never taken gives the block its type, so that a
/// wrong answer is reported where it stands and not at the attribute.
///
/// ```text
/// { BODY } → async move { let a = a; if false { return never::<R>(); } RESOURCES BODY }
/// ```
pub(super) fn load(
    function: &Function,
    runtime: &Path,
    background: Option<&Background>,
    resources: &TokenStream,
) -> TokenStream {
    let answer = match function.answer() {
        ReturnType::Default => quote!(()),
        ReturnType::Type(_, ty) => quote!(#ty),
    };
    let hinted = respanned(runtime, answer.span());
    let hint = quote_spanned! {answer.span()=>
        if false {
            return #hinted::__private::never::<#answer>();
        }
    };
    let rebind = arguments::emit(function);
    let block = match background {
        None => braced(function.body.load(), &quote!(#rebind #hint #resources)),
        Some(background) => {
            let lent = background::emit(runtime, background, false).inside;
            let before = quote!(#lent #rebind #hint #resources);
            background::moved(braced(function.body.load(), &before), background)
        }
    };
    // Errors about the block as a whole point at the user's braces.
    let here = Span::mixed_site().located_at(function.body.load().brace.span.open());
    let keywords = quote_spanned!(here=> async move);
    quote!(#keywords #block)
}

/// The body in the braces it was written in, with `before` in front of it.
///
/// A body that begins with an item keeps its braces to itself: after a statement, an item is a lint's business.
fn braced(body: &Braced, before: &TokenStream) -> TokenStream {
    let mut tokens = TokenStream::new();
    let apart = !before.is_empty() && begins_with_item(&body.statements);
    body.brace.surround(&mut tokens, |inside| {
        if !apart {
            inside.extend(before.clone());
        }
        inside.extend(body.statements.clone());
    });
    if apart {
        quote!({ #before #tokens })
    } else {
        tokens
    }
}

/// `use`, `static`, `fn` and the like, or an attribute, which may stand before one.
fn begins_with_item(statements: &TokenStream) -> bool {
    const ITEMS: [&str; 13] = [
        "async", "const", "enum", "extern", "fn", "impl", "mod", "pub", "static", "struct",
        "trait", "type", "use",
    ];
    let mut tokens = statements.clone().into_iter();
    match tokens.next() {
        Some(TokenTree::Ident(word)) if ITEMS.iter().any(|item| word == item) => {
            // `async {` and `const {` are expressions.
            !matches!(tokens.next(), Some(TokenTree::Group(_)))
        }
        Some(TokenTree::Punct(punct)) => punct.as_char() == '#',
        _ => false,
    }
}
