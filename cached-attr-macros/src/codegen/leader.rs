//! The election in front of a body.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{ReturnType, spanned::Spanned as _};

use super::{arguments, key, respan::respanned, time, wrapper};
use crate::{
    args::WhenUnavailable,
    idents,
    item::Function,
    leader::{Leader, LeaderKey},
};

/// ```text
/// { BODY }
///     →
/// { let leader = Leader::new("seed").ttl(…).grace(…);
///   lead(leader, "path::f", outcome, move |fence| async move { BODY }).await }
/// ```
pub(crate) fn emit(function: &Function, leader: &Leader) -> TokenStream {
    let Leader {
        runtime,
        ttl,
        grace,
        fence,
        ..
    } = leader;
    let key = emit_key(leader);
    let (ttl, grace) = (time::emit(ttl), time::emit(grace));
    let when_unavailable = match leader.when_unavailable {
        WhenUnavailable::Skip => quote!(Skip),
        WhenUnavailable::Run => quote!(Run),
    };
    let name = function.name().to_string();
    let answer = match function.answer() {
        ReturnType::Default => quote!(()),
        ReturnType::Type(_, ty) => quote!(#ty),
    };
    // A type that cannot be returned is reported where it stands.
    let there = respanned(runtime, answer.span());
    let assertion = quote_spanned!(answer.span()=> #there::__private::assert_leader::<#answer>(););
    let body = wrapper::load(function, runtime, None, &TokenStream::new());
    // In a statement of its own: what formats a key cannot be held across an `.await`.
    let local = idents::local("leader");
    let statements = quote! {
        let #local = #runtime::tier::Leader::new(#key)
            .ttl(#ttl)
            .grace(#grace)
            .on_unavailable(#runtime::tier::OnUnavailable::#when_unavailable);
        #assertion
        #runtime::__private::lead(
            #local,
            ::core::concat!(::core::module_path!(), "::", #name),
            #runtime::__private::LeaderType::<0, #answer>::NEW.cached_outcome(),
            move |#fence: u64| #body,
        )
        .await
    };
    wrapper::around(function, &arguments::signature(function), &statements)
}

fn emit_key(leader: &Leader) -> TokenStream {
    match &leader.key {
        LeaderKey::Constant(text) => quote!(#text),
        LeaderKey::Text(text) => key::text(&leader.runtime, text),
        LeaderKey::Code(code) => {
            quote_spanned!(code.span()=> ::core::convert::AsRef::<str>::as_ref(&#code))
        }
    }
}
