//! `store_if` is called with what is stored, which is never a `Result`.

use proc_macro2::Ident;
use syn::{
    Expr, ExprClosure, ExprMethodCall, GenericArgument, Pat, PathArguments, PathSegment, Type,
    visit::Visit,
};

use crate::{diag, item::Function};

/// Finds `|result| result.is_ok()` on a function that returns a `Result`.
pub(super) fn check(function: &Function, closure: &ExprClosure) -> darling::Result<()> {
    match question(closure) {
        Some(question) if function.answer_type().is_some_and(is_result) => Err(diag::at(
            question.span(),
            "`store_if` is called with the value of an `Ok`, and an `Err` is not stored unless `error_ttl` is written: write a \
             condition on the value, or leave `store_if` out",
        )),
        _ => Ok(()),
    }
}

/// `|result| result.is_ok()` → `is_ok`
fn question(closure: &ExprClosure) -> Option<&Ident> {
    struct FindQuestion<'ast>(Option<&'ast Ident>, String);
    impl<'ast> Visit<'ast> for FindQuestion<'ast> {
        fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
            let of_input =
                matches!(&*call.receiver, Expr::Path(path) if path.path.is_ident(&self.1));
            if of_input && (call.method == "is_ok" || call.method == "is_err") {
                self.0.get_or_insert(&call.method);
            }
            syn::visit::visit_expr_method_call(self, call);
        }
    }
    let input = match closure.inputs.first()? {
        Pat::Ident(input) => input.ident.to_string(),
        _ => return None,
    };
    let mut find = FindQuestion(None, input);
    find.visit_expr(&closure.body);
    find.0
}

/// Is it a `Result` whose value is not one itself?
fn is_result(answer: &Type) -> bool {
    let last = |ty: &Type| match ty {
        Type::Path(path) => path.path.segments.last().cloned(),
        _ => None,
    };
    let named = |segment: &PathSegment| segment.ident.to_string().ends_with("Result");
    last(answer).filter(named).is_some_and(|result| {
        let PathArguments::AngleBracketed(arguments) = &result.arguments else {
            return false;
        };
        !matches!(arguments.args.first(), Some(GenericArgument::Type(value)) if last(value).is_some_and(|value| named(&value)))
    })
}
