//! A call for many keys: each is looked up, and one load runs for those that are missing.

use proc_macro2::{Literal, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Path, Type, spanned::Spanned as _};

use super::{
    asserts, key, layer, respan::respanned, settings, shared, tags, without_self::without_self,
};
use crate::{
    args::Capacity,
    free_names, idents,
    item::{Declared, Function},
    plan::{Batch, Key, Layer, Part, Plan, Source},
};

/// The call, around `load`.
pub(super) fn emit(
    function: &Function,
    plan: &Plan,
    layer: &Layer,
    batch: &Batch,
    load: &TokenStream,
) -> TokenStream {
    let shape = layer::shape_of(function, plan, layer);
    let site = layer::site(plan, &layer.site);
    let mut asserts = asserts::of_options(plan, layer, &shape);
    let of_item = batch_type(plan, layer, batch, &shape);
    asserts.extend(shared::assert_value(
        plan,
        layer,
        "assert_shared_items",
        &of_item,
    ));
    let load = layer::own_error(layer, &shape, load);
    let load = body(function, &plan.runtime, batch, &load);
    let answered = answered(plan, layer, batch, &shape, &load);
    let skipped = layer::skipped(layer);
    quote!(#site #skipped #asserts #answered)
}

/// ```text
/// let key = KeyType::inferred();
/// if false { let ids: Id = never(); key.is_of(KEY); }
/// let mut batch = BatchItem::<Id>::NEW.batch(&SITE, MARKER, key, ids.len(), (RETURN_TYPE, MODE), SETTINGS).at_most(100);
/// for ids in ids {
///     let found = batch.find(KEY);
///     batch.push(ids, found);
/// }
/// batch.load(|ids: Vec<Id>| async move { BODY }).await
/// ```
fn answered(
    plan: &Plan,
    layer: &Layer,
    batch: &Batch,
    shape: &TokenStream,
    load: &TokenStream,
) -> TokenStream {
    let (calls, found) = (idents::local("calls"), idents::local("found"));
    let argument = &batch.argument;
    let key = key::of_call(plan, layer);
    let mut asserts = asserts::of_key(plan, layer);
    asserts.extend(shared::assert_key(plan, layer));
    asserts.extend(item_assert(plan, layer, batch));
    let tagged = tags::tagged(plan, layer);
    let key_type = key_type(plan, layer, batch, &key);
    let begun = begun(plan, layer, batch, shape);
    let rules = layer::error_rules(plan, layer, shape);
    let method = shared::method(layer, "load");
    let loaded = layer::into_return(layer, shape, &quote!(#calls #rules.#method(#load).await));
    quote! {
        #key_type
        let mut #calls = #begun;
        for #argument in #argument {
            #asserts
            let #found = #calls.find(#key) #tagged;
            #calls.push(#argument, #found);
        }
        #loaded
    }
}

/// What tells the options the type of the key, which is made after them. Where they do not see one, it is inferred later.
fn key_type(plan: &Plan, layer: &Layer, batch: &Batch, key: &TokenStream) -> TokenStream {
    if matches!(layer.source, Source::Given(_)) {
        return TokenStream::new();
    }
    let (runtime, key_type) = (&plan.runtime, idents::local("key_type"));
    let (argument, item) = (&batch.argument, &batch.item);
    let inferred = settings::see_values(layer).then(|| {
        quote! {
            if false {
                let #argument: #item = #runtime::__private::never();
                #key_type.is_of(#key);
            }
        }
    });
    quote! {
        let #key_type = #runtime::__private::KeyType::inferred();
        #inferred
    }
}

/// `assert_item::<Id>();`, where the key does not hold the item itself.
fn item_assert(plan: &Plan, layer: &Layer, batch: &Batch) -> TokenStream {
    let holds = |part: &Part| matches!(part, Part::Argument(name, _) if *name == batch.argument);
    if matches!(&layer.key, Key::Parts(parts) if parts.iter().any(holds)) {
        return TokenStream::new();
    }
    let (runtime, item) = (&plan.runtime, &batch.item);
    respanned(
        &quote!(#runtime::__private::assert_item::<#item>();),
        item.span(),
    )
}

fn begun(plan: &Plan, layer: &Layer, batch: &Batch, shape: &TokenStream) -> TokenStream {
    let site = &layer.site.ident;
    let (runtime, item) = (&plan.runtime, &batch.item);
    let items = quote!(#runtime::__private::BatchItem::<#item>::NEW);
    let shape = batch_type(plan, layer, batch, shape);
    let mode = layer::mode(plan, &layer.mode);
    let (marker, settings) = (layer::here(plan, layer), settings::emit(plan, layer));
    let argument = &batch.argument;
    let most = batch.most.iter().map(|most| match most {
        Capacity::Exact(most) => {
            let most = Literal::u64_unsuffixed(*most);
            quote!(#most)
        }
        Capacity::Computed(most) => quote!(#most),
    });
    let begun = match &layer.source {
        Source::Given(cache) => {
            let reference = quote_spanned!(cache.span()=> &);
            quote!(#items.batch_under((&#site, #reference #cache), #marker, #argument.len(), (#shape, #mode), #settings))
        }
        Source::Inside => {
            let key = idents::local("key_type");
            quote!(#items.batch(&#site, #marker, #key, #argument.len(), (#shape, #mode), #settings))
        }
    };
    quote!(#begun #(.at_most(#most))*)
}

/// `BatchItem::<Id>::NEW.map(RETURN_TYPE).shape()`
fn batch_type(plan: &Plan, layer: &Layer, batch: &Batch, shape: &TokenStream) -> TokenStream {
    let (runtime, item) = (&plan.runtime, &batch.item);
    let checked = quote!(#runtime::__private::BatchItem::<#item>::NEW.map(#shape).shape());
    respanned(&checked, layer.answer)
}

/// The body as a closure over the missing items, which may be called more than once.
///
/// ```text
/// |ids: Vec<Id>| { let db = copy_argument(&db); async move { BODY } }
/// ```
fn body(function: &Function, runtime: &Path, batch: &Batch, load: &TokenStream) -> TokenStream {
    let named = free_names::anything(load);
    let argument = &batch.argument;
    let others = function.arguments.iter().filter(|other| {
        other.name != *argument
            && !matches!(other.declared, Declared::SelfReference)
            && named.contains(&other.name.to_string())
    });
    let (mut copies, mut load) = (TokenStream::new(), load.clone());
    for other in others {
        let name = &other.name;
        let at = match &other.declared {
            Declared::Typed(ty) => ty.span(),
            _ => name.span(),
        };
        let copy = respanned(&quote!(#runtime::__private::copy_argument(&#name)), at);
        if other.is_self() {
            let this = idents::this();
            copies.extend(quote!(#[allow(unused_mut)] let mut #this = #copy;));
            load = without_self(load);
        } else {
            copies.extend(quote!(let #name = #copy;));
        }
    }
    let items: &Type = &batch.items;
    quote!(|#argument: #items| { #copies #load })
}
