//! The settings of a cache: how long, how much, what not.
//!
//! They are decided once for the whole cache, when it is first used, so they see values and never a call's arguments.

use std::time::Duration;

use darling::error::Accumulator;
use proc_macro2::Span;
use syn::{Expr, spanned::Spanned as _};

use super::{DeclaredTtl, Scope, combinations, store_if};
use crate::{
    args::{
        Attribute, Capacity, Closure, Jitter, Lifetime, Limit, MaxBackground, Part, Time, Ttl,
        Window,
    },
    diag, free_names,
};

/// One method of the runtime's `Builder`, named as the method is.
pub(crate) struct Setter {
    pub(crate) method: &'static str,
    pub(crate) arguments: Vec<SetterArgument>,
}

/// What a [`Setter`] passes on.
pub(crate) enum SetterArgument {
    Time(Time),
    Count(u64),
    Ratio(f64),
    /// An expression that sees no value.
    Code(Expr),
    /// A closure or function over key or value.
    Closure(Expr),
    /// The closure that says whether a value is `None`.
    IsNone,
}

impl Setter {
    pub(super) fn new(method: &'static str, argument: SetterArgument) -> Self {
        Self {
            method,
            arguments: vec![argument],
        }
    }

    /// One that has no argument.
    pub(super) fn flag(method: &'static str) -> Self {
        Self {
            method,
            arguments: Vec::new(),
        }
    }

    /// Does it see key or value, so that their types must be known?
    pub(crate) fn sees_value(&self) -> bool {
        self.arguments.iter().any(|argument| {
            matches!(
                argument,
                SetterArgument::Closure(_) | SetterArgument::IsNone
            )
        })
    }
}

/// All that one attribute says of how long and how much.
pub(super) struct Settings {
    pub(super) setters: Vec<Setter>,
    pub(super) ttl: DeclaredTtl,
    /// Called with each error.
    pub(super) stale_if_error_when: Option<Expr>,
    /// Called with the error of another call's load.
    pub(super) share_error: Option<Expr>,
}

/// A reader of one attribute's settings.
struct Reader<'a> {
    attribute: &'a Attribute,
    scope: &'a Scope<'a>,
    errors: &'a mut Accumulator,
    setters: Vec<Setter>,
}

/// The settings as written, in the order they are documented.
pub(super) fn lower(
    attribute: &Attribute,
    scope: &Scope<'_>,
    errors: &mut Accumulator,
) -> Settings {
    let options = &attribute.options;
    let mut reader = Reader {
        attribute,
        scope,
        errors,
        setters: Vec::new(),
    };
    let ttl = reader.ttl(options.ttl.as_ref());
    reader.store_if(options.store_if.as_ref());
    reader.negative_ttl(options.negative_ttl.as_ref());
    reader.time("error_ttl", options.error_ttl.as_ref());
    reader.window("stale_if_error", options.stale_if_error.as_ref());
    reader.time("retry_after", options.retry_after.as_ref());
    reader.window(
        "stale_while_revalidate",
        options.stale_while_revalidate.as_ref(),
    );
    reader.refresh_ahead(options.refresh_ahead.as_ref());
    reader.limit("timeout", options.timeout.as_ref());
    reader.limit("soft_timeout", options.soft_timeout.as_ref());
    if let Some(MaxBackground(loads)) = reader.value(options.max_background.as_ref()) {
        reader.count("max_background", loads);
    }
    if let Some(entries) = reader.value(options.capacity.as_ref()) {
        reader.count("capacity", entries);
    }
    reader.closure("weigh", options.weigh.as_ref(), &["key", "value"]);
    reader.tti(options.tti.as_ref());
    reader.jitter(options.jitter.as_ref());
    let stale_if_error_when = reader.checked_closure(
        "stale_if_error_when",
        options.stale_if_error_when.as_ref(),
        &["err"],
    );
    let share_error = reader.checked_closure("share_error", options.share_error.as_ref(), &["err"]);
    let setters = reader.setters;
    combinations::check(attribute, ttl, errors);
    Settings {
        setters,
        ttl,
        stale_if_error_when,
        share_error,
    }
}

impl Reader<'_> {
    /// What is known of the ttl now is said by the site and needs no setter.
    fn ttl(&mut self, ttl: Option<&darling::Result<Ttl>>) -> DeclaredTtl {
        match ttl {
            None if self.attribute.has("ttl") => {}
            None => self.errors.push(diag::at(
                self.attribute.span,
                "`ttl` is missing: how long may an answer be trusted? Write for example `ttl = \"30s\"`, or `ttl = never` \
                 for answers that do not expire",
            )),
            Some(Err(error)) => self.errors.push(error.clone()),
            Some(Ok(Ttl::Never)) => return DeclaredTtl::Never,
            Some(Ok(Ttl::Fixed(Time::Exact(ttl)))) => return DeclaredTtl::Exact(*ttl),
            Some(Ok(Ttl::Fixed(time))) => {
                let time = self.checked_time("ttl", time);
                self.set("ttl", SetterArgument::Time(time));
            }
            Some(Ok(Ttl::By(closure))) => {
                let written = Ok(Closure::Written(closure.clone()));
                if let Some(closure) = self.checked_closure("ttl", Some(&written), &["value"]) {
                    self.set("ttl_by", SetterArgument::Closure(closure));
                }
            }
        }
        DeclaredTtl::Computed
    }

    fn time(&mut self, option: &'static str, parsed: Option<&darling::Result<Lifetime>>) {
        if let Some(Lifetime(time)) = self.value(parsed) {
            let time = self.checked_time(option, time);
            self.set(option, SetterArgument::Time(time));
        }
    }

    fn window(&mut self, option: &'static str, parsed: Option<&darling::Result<Window>>) {
        if let Some(Window(time)) = self.value(parsed) {
            let time = self.checked_time(option, time);
            self.set(option, SetterArgument::Time(time));
        }
    }

    fn negative_ttl(&mut self, parsed: Option<&darling::Result<Lifetime>>) {
        if let Some(Lifetime(time)) = self.value(parsed) {
            let time = self.checked_time("negative_ttl", time);
            self.setters.push(Setter {
                method: "negative_ttl",
                arguments: vec![SetterArgument::Time(time), SetterArgument::IsNone],
            });
        }
    }

    fn tti(&mut self, parsed: Option<&darling::Result<Lifetime>>) {
        if let Some(Ok(Lifetime(Time::Exact(Duration::ZERO)))) = parsed {
            self.errors.push(diag::at(
                self.attribute.span_of("tti"),
                "`tti = 0` would drop every entry at once: leave `tti` out for none, or write `ttl = 0` to switch the cache off",
            ));
        }
        self.time("tti", parsed);
    }

    fn limit(&mut self, option: &'static str, parsed: Option<&darling::Result<Limit>>) {
        if let Some(Limit(time)) = self.value(parsed) {
            let time = self.checked_time(option, time);
            self.set(option, SetterArgument::Time(time));
        }
    }

    fn refresh_ahead(&mut self, parsed: Option<&darling::Result<Part>>) {
        if let Some(Part(part)) = self.value(parsed) {
            self.set("refresh_ahead", SetterArgument::Ratio(*part));
        }
    }

    fn count(&mut self, option: &'static str, count: &Capacity) {
        match count {
            Capacity::Exact(count) => self.set(option, SetterArgument::Count(*count)),
            Capacity::Computed(expr) => {
                self.check_no_arguments(option, expr);
                self.set(option, SetterArgument::Code(expr.clone()));
            }
        }
    }

    fn jitter(&mut self, parsed: Option<&darling::Result<Jitter>>) {
        match self.value(parsed) {
            None => {}
            Some(Jitter::Ratio(ratio)) => self.set("jitter_ratio", SetterArgument::Ratio(*ratio)),
            Some(Jitter::Time(time)) => {
                let time = self.checked_time("jitter", time);
                self.set("jitter", SetterArgument::Time(time));
            }
        }
    }

    fn store_if(&mut self, parsed: Option<&darling::Result<Closure>>) {
        let wrong = match parsed {
            Some(Ok(Closure::Written(closure))) if self.attribute.binding.is_none() => {
                store_if::check(self.scope.function, closure)
            }
            _ => Ok(()),
        };
        match wrong {
            Ok(()) => self.closure("store_if", parsed, &["value"]),
            Err(error) => self.errors.push(error),
        }
    }

    fn closure(
        &mut self,
        option: &'static str,
        parsed: Option<&darling::Result<Closure>>,
        inputs: &[&str],
    ) {
        if let Some(closure) = self.checked_closure(option, parsed, inputs) {
            self.set(option, SetterArgument::Closure(closure));
        }
    }

    fn set(&mut self, method: &'static str, argument: SetterArgument) {
        self.setters.push(Setter::new(method, argument));
    }

    /// The value, if there is one; a wrong one is reported.
    fn value<'v, T>(&mut self, parsed: Option<&'v darling::Result<T>>) -> Option<&'v T> {
        diag::report_or_value(parsed, self.errors).ok().flatten()
    }

    /// A closure with the right number of inputs, over nothing else.
    fn checked_closure(
        &mut self,
        option: &str,
        parsed: Option<&darling::Result<Closure>>,
        inputs: &[&str],
    ) -> Option<Expr> {
        let closure = self.value(parsed)?;
        let form = format!("`{option} = |{}| …`", inputs.join(", "));
        let wrong = match closure {
            Closure::Written(written) if written.inputs.len() != inputs.len() => {
                let message = format!("this closure takes {}: write {form}", inputs.len());
                Some((written.inputs_begin.span, message))
            }
            Closure::Other(other) => Some((
                other.span(),
                format!("`{option}` is a closure, or the name of a function: write {form}"),
            )),
            Closure::Written(_) | Closure::Named(_) => None,
        };
        if let Some((at, message)) = wrong {
            self.errors.push(diag::at(at, message));
            return None;
        }
        let expr = closure.expr();
        self.check_no_arguments(option, &expr);
        Some(expr)
    }

    fn checked_time(&mut self, option: &str, time: &Time) -> Time {
        if let Time::Computed(expr) = time {
            self.check_no_arguments(option, expr);
        }
        time.clone()
    }

    /// Settings outlive the call that happens to make them, so they cannot hold its arguments.
    fn check_no_arguments(&mut self, option: &str, code: &Expr) {
        for mention in free_names::values(code) {
            if self.scope.argument(&mention.name).is_some() {
                self.errors
                    .push(captured(option, &mention.name, mention.span));
            }
        }
    }
}

fn captured(option: &str, name: &str, at: Span) -> darling::Error {
    let instead = match option {
        "ttl" => "to let the lifetime depend on the answer, write `ttl = |value| …`",
        "store_if" => {
            "to leave the cache out for some calls, write `bypass = …`, which sees the arguments"
        }
        _ => "use a constant, or a field of the value",
    };
    diag::at(
        at,
        format!(
            "`{name}` is an argument of one call, but `{option}` holds for the whole cache and also runs in the background: {instead}"
        ),
    )
}
