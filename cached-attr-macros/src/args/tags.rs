//! `tags = ["tenant:{tenant}"]`: texts, each a group of entries.

use std::collections::BTreeSet;

use syn::{Expr, ExprLit, Lit, LitStr, spanned::Spanned as _};

use super::value::{Value, bare, read_after_equals};
use crate::diag;

/// The tags as written: each a text, or what is wrong with it.
pub(crate) struct Tags(pub(crate) Vec<darling::Result<LitStr>>);

impl Value for Tags {
    const EXAMPLE: &'static str = "tags = [\"tenant:{tenant}\"]";

    fn read(value: &Expr) -> darling::Result<Self> {
        let Expr::Array(list) = value else {
            return Err(diag::at(value.span(), not_a_list(value)));
        };
        if list.elems.is_empty() {
            return Err(diag::at(
                list.span(),
                "`tags = []` names no tag: write one, `tags = [\"tenant:{tenant}\"]`, or leave the option out",
            ));
        }
        let mut seen = BTreeSet::new();
        let tag = |element| {
            let tag = text(bare(element))?;
            if seen.insert(tag.value()) {
                return Ok(tag);
            }
            Err(diag::at(
                tag.span(),
                format!("the tag \"{}\" is written twice: keep one", tag.value()),
            ))
        };
        Ok(Self(list.elems.iter().map(tag).collect()))
    }
}

fn not_a_list(value: &Expr) -> String {
    match value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => format!("`tags` is a list: write `tags = [\"{}\"]`", text.value()),
        _ => "`tags` is a list of texts over the arguments: write `tags = [\"tenant:{tenant}\"]`"
            .to_owned(),
    }
}

/// One tag, in `tags` or in `tag(…)`.
pub(crate) fn text(value: &Expr) -> darling::Result<LitStr> {
    match value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) if !text.value().is_empty() => Ok(text.clone()),
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Err(diag::at(
            text.span(),
            "an empty text names no group: write for example \"all\"",
        )),
        Expr::Path(path) if path.path.get_ident().is_some() => Err(diag::at(
            path.span(),
            format!(
                "a tag is a text, in which arguments stand between braces: write \"{{{}}}\"",
                diag::code(path)
            ),
        )),
        other => Err(diag::at(
            other.span(),
            "a tag is a text, in which arguments stand between braces: write for example \"tenant:{tenant}\"",
        )),
    }
}

read_after_equals!(Tags);
