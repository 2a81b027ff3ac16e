//! The rules of a cache: how long, how much, what not.
//!
//! They are decided once for the whole cache, when it is first used, so they see values and never a call's arguments.

use std::time::Duration;

use darling::error::Accumulator;
use proc_macro2::Span;
use syn::Expr;

use super::{DeclaredTtl, Scope};
use crate::{
    args::{Attribute, Capacity, Closure, Jitter, Lifetime, Time, Ttl},
    diag, free_names,
};

/// One call on the policy.
pub(crate) enum Rule {
    Ttl(Time),
    TtlNever,
    TtlBy(Expr),
    StoreIf(Expr),
    NegativeTtl(Time),
    ErrorTtl(Time),
    StaleIfError(Time),
    RetryAfter(Time),
    Capacity(Capacity),
    Weigh(Expr),
    Tti(Time),
    Jitter(Time),
    JitterRatio(f64),
    /// The key is one constant.
    Single,
}

/// All that one attribute says of how long and how much.
pub(super) struct Policy {
    pub(super) rules: Vec<Rule>,
    pub(super) ttl: DeclaredTtl,
    /// Asked of each error.
    pub(super) stale_if_error_when: Option<Expr>,
}

/// A reader of one attribute's policy options.
struct Reader<'a> {
    attribute: &'a Attribute,
    scope: &'a Scope<'a>,
    errors: &'a mut Accumulator,
    rules: Vec<Rule>,
}

/// The rules as written, in the order they are documented.
pub(super) fn rules(
    attribute: &mut Attribute,
    scope: &Scope<'_>,
    errors: &mut Accumulator,
) -> Policy {
    let options = std::mem::take(&mut attribute.options);
    check_foreign_cache(attribute, errors);
    check_companionship(attribute, errors);
    let mut reader = Reader {
        attribute,
        scope,
        errors,
        rules: Vec::new(),
    };
    reader.ttl(options.ttl.as_ref());
    reader.closure(
        options.store_if.as_ref(),
        1,
        "store_if = |value| …",
        Rule::StoreIf,
    );
    reader.time(
        "negative_ttl",
        options.negative_ttl.as_ref(),
        Rule::NegativeTtl,
    );
    reader.time("error_ttl", options.error_ttl.as_ref(), Rule::ErrorTtl);
    reader.time(
        "stale_if_error",
        options.stale_if_error.as_ref(),
        Rule::StaleIfError,
    );
    reader.time(
        "retry_after",
        options.retry_after.as_ref(),
        Rule::RetryAfter,
    );
    reader.amount(options.capacity.as_ref());
    reader.closure(
        options.weigh.as_ref(),
        2,
        "weigh = |key, value| …",
        Rule::Weigh,
    );
    reader.tti(options.tti.as_ref());
    reader.jitter(options.jitter.as_ref());
    let when = reader.checked(
        options.stale_if_error_when.as_ref(),
        1,
        "stale_if_error_when = |err| …",
    );
    let rules = reader.rules;
    let declared = declared(&rules);
    check_jitter(attribute, &rules, errors);
    attribute.options = options;
    Policy {
        rules,
        ttl: declared,
        stale_if_error_when: when,
    }
}

impl Reader<'_> {
    fn ttl(&mut self, ttl: Option<&darling::Result<Ttl>>) {
        match ttl {
            None if self.attribute.has("ttl") => {}
            None => self.errors.push(diag::at(
                self.attribute.span,
                "`ttl` is missing: how long may an answer be trusted? Write for example `ttl = \"30s\"`, or `ttl = never` \
                 for answers that do not grow old",
            )),
            Some(Err(error)) => self.errors.push(error.clone()),
            Some(Ok(Ttl::Never)) => self.rules.push(Rule::TtlNever),
            Some(Ok(Ttl::Fixed(time))) => {
                self.check_time("ttl", time);
                self.rules.push(Rule::Ttl(time.clone()));
            }
            Some(Ok(Ttl::By(closure))) => {
                let written = Ok(Closure::Written(closure.clone()));
                self.closure(Some(&written), 1, "ttl = |value| …", Rule::TtlBy);
            }
        }
    }

    fn time(
        &mut self,
        option: &str,
        given: Option<&darling::Result<Lifetime>>,
        rule: fn(Time) -> Rule,
    ) {
        match given {
            None => {}
            Some(Err(error)) => self.errors.push(error.clone()),
            Some(Ok(Lifetime(time))) => {
                self.check_time(option, time);
                self.rules.push(rule(time.clone()));
            }
        }
    }

    fn tti(&mut self, given: Option<&darling::Result<Lifetime>>) {
        if let Some(Ok(Lifetime(Time::Exact(Duration::ZERO)))) = given {
            self.errors.push(diag::at(
                self.attribute.span_of("tti"),
                "`tti = 0` would drop every entry at once: leave `tti` out for none, or write `ttl = 0` to switch the cache off",
            ));
        }
        self.time("tti", given, Rule::Tti);
    }

    fn amount(&mut self, given: Option<&darling::Result<Capacity>>) {
        match given {
            None => {}
            Some(Err(error)) => self.errors.push(error.clone()),
            Some(Ok(amount)) => {
                if let Capacity::Computed(expr) = amount {
                    self.check_no_arguments("capacity", expr);
                }
                self.rules.push(Rule::Capacity(amount.clone()));
            }
        }
    }

    fn jitter(&mut self, given: Option<&darling::Result<Jitter>>) {
        match given {
            None => {}
            Some(Err(error)) => self.errors.push(error.clone()),
            Some(Ok(Jitter::Ratio(ratio))) => self.rules.push(Rule::JitterRatio(*ratio)),
            Some(Ok(Jitter::Time(time))) => {
                self.check_time("jitter", time);
                self.rules.push(Rule::Jitter(time.clone()));
            }
        }
    }

    fn closure(
        &mut self,
        given: Option<&darling::Result<Closure>>,
        inputs: usize,
        example: &str,
        rule: fn(Expr) -> Rule,
    ) {
        let closure = self.checked(given, inputs, example);
        self.rules.extend(closure.map(rule));
    }

    /// A closure with the right number of inputs, over nothing else.
    fn checked(
        &mut self,
        given: Option<&darling::Result<Closure>>,
        inputs: usize,
        example: &str,
    ) -> Option<Expr> {
        let closure = match given? {
            Err(error) => {
                self.errors.push(error.clone());
                return None;
            }
            Ok(closure) => closure,
        };
        let option = example.split(' ').next().unwrap_or_default();
        if let Closure::Written(written) = closure
            && written.inputs.len() != inputs
        {
            let message = format!("this closure takes {inputs}: write `{example}`");
            self.errors
                .push(diag::at(written.inputs_begin.span, message));
            return None;
        }
        let expr = closure.expr();
        self.check_no_arguments(option, &expr);
        Some(expr)
    }

    fn check_time(&mut self, option: &str, time: &Time) {
        if let Time::Computed(expr) = time {
            self.check_no_arguments(option, expr);
        }
    }

    /// Policies outlive the call that happens to make them, so they cannot hold its arguments.
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
        _ => "use a constant, or what the value itself says",
    };
    diag::at(
        at,
        format!(
            "`{name}` is an argument of one call, but `{option}` holds for the whole cache and also runs in the background: {instead}"
        ),
    )
}

fn declared(rules: &[Rule]) -> DeclaredTtl {
    match rules.first() {
        Some(Rule::Ttl(Time::Exact(ttl))) => DeclaredTtl::Exact(*ttl),
        Some(Rule::TtlNever) => DeclaredTtl::Never,
        _ => DeclaredTtl::Computed,
    }
}

/// `cache = …` brings its own size.
fn check_foreign_cache(attribute: &Attribute, errors: &mut Accumulator) {
    if !attribute.has("cache") {
        return;
    }
    for option in ["capacity", "weigh", "tti"]
        .into_iter()
        .filter(|option| attribute.has(option))
    {
        errors.push(diag::at(
            attribute.span_of(option),
            format!("`{option}` belongs to the cache that `cache = …` brings: say it there, `FnCache::builder().{option}(…)`"),
        ));
    }
}

/// Options that only shape another.
fn check_companionship(attribute: &Attribute, errors: &mut Accumulator) {
    for option in ["stale_if_error_when", "retry_after"]
        .into_iter()
        .filter(|option| attribute.has(option))
    {
        if !attribute.has("stale_if_error") {
            errors.push(diag::at(
                attribute.span_of(option),
                format!("`{option}` shapes `stale_if_error`, which is not here: add for example `stale_if_error = \"1h\"`"),
            ));
        }
    }
}

fn check_jitter(attribute: &Attribute, rules: &[Rule], errors: &mut Accumulator) {
    if attribute.has("jitter") && matches!(rules.first(), Some(Rule::TtlNever)) {
        errors.push(diag::at(
            attribute.span_of("jitter"),
            "`jitter` shortens the ttl, and `ttl = never` has none: leave `jitter` out",
        ));
    }
    let ttl = rules.iter().find_map(|rule| match rule {
        Rule::Ttl(Time::Exact(ttl)) if !ttl.is_zero() => Some(*ttl),
        _ => None,
    });
    let jitter = rules.iter().find_map(|rule| match rule {
        Rule::Jitter(Time::Exact(jitter)) => Some(*jitter),
        _ => None,
    });
    if let (Some(ttl), Some(jitter)) = (ttl, jitter)
        && jitter > ttl
    {
        errors.push(diag::at(
            attribute.span_of("jitter"),
            "`jitter` shortens the ttl and cannot be longer than it: write a shorter time, or a part, such as \"10%\"",
        ));
    }
}
