//! Where the code is that a cache stands in front of: the body of an `async fn`, or the async block of a function that
//! returns a future, as `#[async_trait]` leaves it and as people write it by hand.

use proc_macro2::{Group, Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{
    Block, Expr, ExprAsync, ExprCall, ExprPath, GenericArgument, Path, PathArguments, ReturnType,
    Signature, Stmt, Token, Type, TypeParamBound, punctuated::Punctuated, token,
};

/// The code a miss runs.
#[derive(Clone)]
pub(crate) enum Body {
    /// `async fn f(…) -> R { … }`
    Plain(Braced),
    /// `fn f(…) -> Pin<Box<dyn Future<Output = R> + …>> { …; Box::pin(async move { … }) }` and the like.
    Returned(Box<ReturnedBody>),
    /// Neither: the function is not async, which is an error.
    NotAsync(Braced),
}

/// Statements with the braces they were written in, so that what the compiler says of them points there.
#[derive(Clone)]
pub(crate) struct Braced {
    pub(crate) brace: token::Brace,
    pub(crate) statements: TokenStream,
}

/// A future that a function returns.
#[derive(Clone)]
pub(crate) struct ReturnedBody {
    /// What stands before the tail expression.
    pub(crate) before: Vec<Stmt>,
    pub(crate) form: Form,
    pub(crate) block: Braced,
    /// `-> R`
    pub(crate) answer: ReturnType,
}

/// How the async block is returned.
#[derive(Clone)]
pub(crate) enum Form {
    /// `async move { … }`
    Bare,
    /// `Box::pin(async move { … })`
    Call(ExprPath),
    /// `async move { … }.boxed()`
    Method(Ident),
}

impl Form {
    /// The future in this form.
    pub(crate) fn of(&self, future: &TokenStream) -> TokenStream {
        match self {
            Self::Bare => future.clone(),
            Self::Call(function) => quote!(#function(#future)),
            Self::Method(method) => quote!(#future.#method()),
        }
    }
}

impl Body {
    pub(crate) fn new(sig: &Signature, brace: token::Brace, statements: TokenStream) -> Self {
        let written = Braced { brace, statements };
        if sig.asyncness.is_some() {
            return Self::Plain(written);
        }
        match returned(sig, &written) {
            Some(returned) => Self::Returned(Box::new(returned)),
            None => Self::NotAsync(written),
        }
    }

    pub(crate) fn answer<'a>(&'a self, sig: &'a Signature) -> &'a ReturnType {
        match self {
            Self::Returned(returned) => &returned.answer,
            Self::Plain(_) | Self::NotAsync(_) => &sig.output,
        }
    }

    /// What a miss runs.
    pub(crate) fn load(&self) -> &Braced {
        match self {
            Self::Plain(body) | Self::NotAsync(body) => body,
            Self::Returned(returned) => &returned.block,
        }
    }
}

fn returned(sig: &Signature, written: &Braced) -> Option<ReturnedBody> {
    let ReturnType::Type(arrow, ty) = &sig.output else {
        return None;
    };
    let answer = ReturnType::Type(*arrow, Box::new(resolved(ty)?));
    let group = Group::new(proc_macro2::Delimiter::Brace, written.statements.clone());
    let mut before = syn::parse2::<Block>(TokenStream::from(proc_macro2::TokenTree::Group(group)))
        .ok()?
        .stmts;
    let Some(Stmt::Expr(tail, None)) = before.pop() else {
        return None;
    };
    let (form, block) = async_block(tail)?;
    let statements = block
        .stmts
        .into_iter()
        .map(ToTokens::into_token_stream)
        .collect();
    Some(ReturnedBody {
        before,
        form,
        block: Braced {
            brace: block.brace_token,
            statements,
        },
        answer,
    })
}

/// `Box::pin(async move { … })` → that form, and the block
fn async_block(tail: Expr) -> Option<(Form, Block)> {
    match tail {
        Expr::Async(ExprAsync { block, .. }) => Some((Form::Bare, block)),
        Expr::Call(ExprCall { func, mut args, .. }) => match (*func, args.pop(), args.is_empty()) {
            (Expr::Path(pin), Some(Expr::Async(ExprAsync { block, .. })), true)
                if last_is(&pin.path, "pin") =>
            {
                Some((Form::Call(pin), block))
            }
            _ => None,
        },
        Expr::MethodCall(call)
            if call.args.is_empty() && (call.method == "boxed" || call.method == "boxed_local") =>
        {
            match *call.receiver {
                Expr::Async(ExprAsync { block, .. }) => Some((Form::Method(call.method), block)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// `Pin<Box<dyn Future<Output = R> + …>>`, `BoxFuture<'_, R>`, `impl Future<Output = R> + …` → `R`
pub(super) fn resolved(ty: &Type) -> Option<Type> {
    match ty {
        Type::ImplTrait(future) => output_of_any(&future.bounds),
        Type::Path(_) => {
            let boxed = argument_of(ty, "BoxFuture").or_else(|| argument_of(ty, "LocalBoxFuture"));
            if let Some(output) = boxed {
                return Some(output.clone());
            }
            match argument_of(argument_of(ty, "Pin")?, "Box")? {
                Type::TraitObject(object) => output_of_any(&object.bounds),
                _ => None,
            }
        }
        _ => None,
    }
}

fn output_of_any(bounds: &Punctuated<TypeParamBound, Token![+]>) -> Option<Type> {
    bounds.iter().find_map(|bound| match bound {
        TypeParamBound::Trait(bound) => output_of(&bound.path),
        _ => None,
    })
}

fn last_is(path: &Path, name: &str) -> bool {
    path.segments.last().is_some_and(|last| last.ident == name)
}

fn argument_of<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    let Type::Path(path) = ty else { return None };
    let last = path
        .path
        .segments
        .last()
        .filter(|last| last.ident == name)?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

fn output_of(path: &Path) -> Option<Type> {
    let last = path.segments.last().filter(|last| last.ident == "Future")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::AssocType(output) if output.ident == "Output" => Some(output.ty.clone()),
        _ => None,
    })
}
