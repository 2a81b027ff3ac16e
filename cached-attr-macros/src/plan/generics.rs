//! Type parameters: which of them select a cache, and what of them a companion must carry.

use std::collections::BTreeSet;

use quote::ToTokens;
use syn::{
    ConstParam, FnArg, GenericParam, Generics, LifetimeParam, Token, Type, TypeParam,
    TypeParamBound, WherePredicate, punctuated::Punctuated,
};

use super::key::part;
use crate::{
    free_names,
    item::{Argument, Declared, Function, Origin},
};

/// What distinguishes the caches of one function.
pub(crate) struct Instances {
    /// The function stands in an impl or a trait: each `Self` has its own.
    pub(crate) self_type: bool,
    /// The parameters that reach key or value, in declaration order.
    pub(crate) parameters: Vec<GenericParam>,
    /// Those of them that may be unsized.
    pub(crate) maybe_unsized: BTreeSet<String>,
    /// Does every parameter reach them, `impl Trait` too? Then the instance of the function is the instance of the cache.
    pub(crate) all: bool,
}

impl Instances {
    /// Is `ty` one of the parameters, and sized?
    pub(crate) fn is_parameter(&self, ty: &Type) -> bool {
        let Type::Path(path) = ty else { return false };
        self.parameters.iter().any(|param| match param {
            GenericParam::Type(param) => {
                path.path.is_ident(&param.ident)
                    && !self.maybe_unsized.contains(&param.ident.to_string())
            }
            _ => false,
        })
    }

    /// Does one of the parameters occur in `ty`?
    pub(crate) fn occur_in(&self, ty: &Type) -> bool {
        let mentioned = mentioned(ty);
        let mut names = self.parameters.iter().filter_map(name);
        names.any(|name| mentioned.contains(&name))
    }
}

/// The parameters with `?Sized`, wherever that is written.
fn maybe_unsized(generics: &Generics) -> BTreeSet<String> {
    let any = |bounds: &Punctuated<TypeParamBound, Token![+]>| {
        bounds
            .iter()
            .any(|bound| bound.to_token_stream().to_string().starts_with('?'))
    };
    let declared = generics.type_params().filter(|param| any(&param.bounds));
    let clauses = generics.where_clause.iter();
    let predicates = clauses.flat_map(|clause| &clause.predicates);
    let constrained = predicates.filter_map(|predicate| match predicate {
        WherePredicate::Type(predicate) if any(&predicate.bounds) => {
            Some(predicate.bounded_ty.to_token_stream().to_string())
        }
        _ => None,
    });
    declared
        .map(|param| param.ident.to_string())
        .chain(constrained)
        .collect()
}

/// The names of the type and const parameters.
pub(super) fn names(generics: &Generics) -> BTreeSet<String> {
    generics.params.iter().filter_map(name).collect()
}

pub(super) fn name(param: &GenericParam) -> Option<String> {
    match param {
        GenericParam::Lifetime(_) => None,
        GenericParam::Type(TypeParam { ident, .. })
        | GenericParam::Const(ConstParam { ident, .. }) => Some(ident.to_string()),
    }
}

/// Every identifier of a type or bound.
pub(super) fn mentioned(code: &impl ToTokens) -> BTreeSet<String> {
    free_names::anything(code)
}

/// A parameter that appears only in arguments outside the key cannot make a difference, and need not be `'static`:
/// the `E` of `db: E` with `skip(db)`. One that appears nowhere is chosen by the caller and may decide everything.
pub(super) fn instances(
    function: &Function,
    in_key: &BTreeSet<String>,
    mut reached: BTreeSet<String>,
    self_type: bool,
) -> Instances {
    if names(&function.sig.generics).is_empty() {
        return Instances {
            self_type,
            parameters: Vec::new(),
            maybe_unsized: BTreeSet::new(),
            all: !function
                .arguments
                .iter()
                .any(|argument| anonymous(argument, in_key)),
        };
    }
    let mut beside = BTreeSet::new();
    for argument in &function.arguments {
        let into = if in_key.contains(&argument.name.to_string()) {
            &mut reached
        } else {
            &mut beside
        };
        match &argument.declared {
            Declared::Typed(ty) => into.extend(mentioned(ty)),
            Declared::Bound => into.extend(
                parameter(function, argument)
                    .map(mentioned)
                    .unwrap_or_default(),
            ),
            _ => {}
        }
    }
    beside.extend(determined_by(&function.sig.generics, &beside, &reached));
    let matters = |param: &&GenericParam| {
        name(param).is_some_and(|name| reached.contains(&name) || !beside.contains(&name))
    };
    let own = || {
        function
            .sig
            .generics
            .params
            .iter()
            .filter(|param| name(param).is_some())
    };
    let parameters: Vec<GenericParam> = own().filter(matters).cloned().collect();
    let all = parameters.len() == own().count()
        && !function
            .arguments
            .iter()
            .any(|argument| anonymous(argument, in_key));
    Instances {
        self_type,
        parameters,
        maybe_unsized: maybe_unsized(&function.sig.generics),
        all,
    }
}

/// The parameters that the bounds of those `beside` the key determine: the `Fut` of `F: Fn() -> Fut` with `skip(f)`.
fn determined_by(
    generics: &Generics,
    beside: &BTreeSet<String>,
    reached: &BTreeSet<String>,
) -> BTreeSet<String> {
    let skipped = |name: &String| beside.contains(name) && !reached.contains(name);
    let own = generics
        .type_params()
        .filter(|param| skipped(&param.ident.to_string()))
        .flat_map(|param| param.bounds.iter().flat_map(mentioned));
    let clauses = generics.where_clause.iter();
    let predicates = clauses.flat_map(|clause| &clause.predicates);
    let constrained = predicates.filter_map(|predicate| match predicate {
        WherePredicate::Type(predicate)
            if skipped(&predicate.bounded_ty.to_token_stream().to_string()) =>
        {
            Some(predicate.bounds.iter().flat_map(mentioned))
        }
        _ => None,
    });
    own.chain(constrained.flatten()).collect()
}

/// Is it an `impl Trait` that does not reach the key?
fn anonymous(argument: &Argument, in_key: &BTreeSet<String>) -> bool {
    match &argument.declared {
        Declared::Typed(ty) => !in_key.contains(&argument.name.to_string()) && part::is_impl(ty),
        _ => false,
    }
}

fn parameter<'a>(function: &'a Function, argument: &Argument) -> Option<&'a FnArg> {
    match argument.origin {
        Origin::Parameter(index) => function.sig.inputs.get(index),
        Origin::Resource => None,
    }
}

/// The part of `generics` that concerns `wanted` and nothing else, with the lifetimes it needs.
///
/// ```text
/// <'e, E: Executor<'e>, T: Clone + From<E>> where T: Send  ─ wanted {T} →  <T: Clone> where T: Send
/// ```
pub(super) fn only(
    generics: &Generics,
    wanted: &BTreeSet<String>,
    lifetimes: &BTreeSet<String>,
) -> Generics {
    if generics.params.is_empty() && generics.where_clause.is_none() {
        return Generics::default();
    }
    let unwanted: BTreeSet<String> = names(generics).difference(wanted).cloned().collect();
    let sound = |code: &dyn Fn() -> BTreeSet<String>| code().is_disjoint(&unwanted);
    let mut params: Vec<GenericParam> = Vec::new();
    for param in &generics.params {
        match param {
            GenericParam::Type(param) if wanted.contains(&param.ident.to_string()) => {
                let mut param = TypeParam {
                    default: None,
                    ..param.clone()
                };
                param.bounds = param
                    .bounds
                    .into_iter()
                    .filter(|bound| sound(&|| mentioned(bound)))
                    .collect();
                params.push(GenericParam::Type(param));
            }
            GenericParam::Const(param) if wanted.contains(&param.ident.to_string()) => {
                params.push(GenericParam::Const(ConstParam {
                    default: None,
                    ..param.clone()
                }));
            }
            _ => {}
        }
    }
    let predicates: Vec<WherePredicate> = generics
        .where_clause
        .iter()
        .flat_map(|clause| &clause.predicates)
        .filter(|predicate| concerns(predicate, &unwanted))
        .cloned()
        .collect();
    let lifetimes = needed_lifetimes(&params, &predicates, lifetimes);
    assemble(generics, &lifetimes, params, predicates)
}

/// A predicate may also name an impl's parameters or of `Self`, on which key and value may depend.
fn concerns(predicate: &WherePredicate, unwanted: &BTreeSet<String>) -> bool {
    matches!(predicate, WherePredicate::Type(_)) && mentioned(predicate).is_disjoint(unwanted)
}

fn needed_lifetimes(
    params: &[GenericParam],
    predicates: &[WherePredicate],
    also: &BTreeSet<String>,
) -> BTreeSet<String> {
    let mut needed = also.clone();
    for param in params {
        if let GenericParam::Type(param) = param {
            needed.extend(param.bounds.iter().flat_map(lifetimes_of::<TypeParamBound>));
        }
    }
    needed.extend(predicates.iter().flat_map(lifetimes_of::<WherePredicate>));
    needed
}

/// `'a` → `a`
pub(super) fn lifetimes_of<T: ToTokens>(code: &T) -> BTreeSet<String> {
    fn walk(tokens: proc_macro2::TokenStream, found: &mut BTreeSet<String>) {
        let mut quote = false;
        for token in tokens {
            match token {
                proc_macro2::TokenTree::Ident(ident) if quote => {
                    found.insert(ident.to_string());
                }
                proc_macro2::TokenTree::Group(group) => walk(group.stream(), found),
                proc_macro2::TokenTree::Punct(punct) if punct.as_char() == '\'' => {
                    quote = true;
                    continue;
                }
                _ => {}
            }
            quote = false;
        }
    }
    let mut found = BTreeSet::new();
    walk(code.to_token_stream(), &mut found);
    found
}

fn assemble(
    generics: &Generics,
    lifetimes: &BTreeSet<String>,
    params: Vec<GenericParam>,
    predicates: Vec<WherePredicate>,
) -> Generics {
    let kept = generics.params.iter().filter_map(|param| match param {
        GenericParam::Lifetime(param) if lifetimes.contains(&param.lifetime.ident.to_string()) => {
            let bounds = param
                .bounds
                .iter()
                .filter(|bound| lifetimes.contains(&bound.ident.to_string()));
            let param = LifetimeParam {
                bounds: bounds.cloned().collect(),
                ..param.clone()
            };
            Some(GenericParam::Lifetime(param))
        }
        _ => None,
    });
    let params: Punctuated<_, Token![,]> = kept.chain(params).collect();
    let where_clause = (!predicates.is_empty()).then(|| syn::WhereClause {
        where_token: syn::token::Where::default(),
        predicates: predicates.into_iter().collect(),
    });
    Generics {
        lt_token: Some(syn::token::Lt::default()),
        gt_token: Some(syn::token::Gt::default()),
        params,
        where_clause,
    }
}
