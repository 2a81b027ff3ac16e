//! What two bindings share, and what they never share.

use std::time::Duration;

use cached_attr::testing::isolated;
use cached_attr::{CacheControlExt as _, cached};
use lambda::{Aws, LoadError, handler, load, lookup};

use crate::desk::{Desk, Example};
use crate::handlers::order;

#[tokio::test]
async fn l_f1_resources_that_end_alike_are_distinct_across_names_services_and_kinds() {
    #[cached(let team_a = load::parameter(aws, "/l_f1/team_a/db/password").await?, ttl = "60s", skip(aws))]
    #[cached(let team_b = load::parameter(aws, "/l_f1/team_b/db/password").await?, ttl = "60s", skip(aws))]
    #[cached(let prod = load::secret(aws, "/l_f1/prod/password").await?, ttl = "60s", skip(aws))]
    #[cached(let object = load::object(aws, "s3://l-f1/x/password", &known).await?, ttl = "60s", context = known, skip(aws))]
    async fn handler(aws: &Aws) -> Result<[String; 4], LoadError> {
        let object = String::from_utf8_lossy(object.bytes());
        Ok([team_a.text()?, team_b.text()?, prod.text()?, &object].map(str::to_owned))
    }

    let desk = Desk::new();
    desk.seed.parameter("/l_f1/team_a/db/password", "A").await;
    desk.seed.parameter("/l_f1/team_b/db/password", "B").await;
    desk.seed.secret("/l_f1/prod/password", "a secret").await;
    desk.bucket("l-f1", "x/password", b"an object").await;

    for _ in ["loaded", "cached"] {
        let values = handler(&desk.aws).await.unwrap();
        assert_eq!(values, ["A", "B", "a secret", "an object"]);
    }
    assert_eq!(desk.wire.total(), 4);
}

/// By lookup, and by a resource whose name is made from an argument.
#[tokio::test]
async fn l_f1_prod_var_and_test_var_never_share_an_entry() {
    #[cached(let var = load::parameter(aws, &format!("/bar/{stage}/var")).await?, ttl = "60s", skip(aws))]
    async fn handler(aws: &Aws, stage: &str) -> Result<String, LoadError> {
        Ok(var.text()?.to_owned())
    }

    let desk = Desk::new();
    let stages = [("prod", "production"), ("test", "playground")];
    for (stage, value) in stages {
        let name = format!("/bar/{stage}/var");
        desk.seed.parameter(&name, value).await;
    }
    for _ in ["loaded", "cached"] {
        for (stage, value) in stages {
            let name = format!("/bar/{stage}/var");
            assert_eq!(handler(&desk.aws, stage).await.unwrap(), value);
            let looked_up = lookup::parameter(&desk.aws, &name).await.unwrap();
            assert_eq!(looked_up.text().unwrap(), value);
        }
    }
    assert_eq!(desk.wire.total(), 4);
}

/// The handler of this example: its resources and the lookups of the same things are the same entries.
#[tokio::test]
async fn l_f2_a_lookup_that_is_forced_fresh_reaches_the_resources_of_the_handler() {
    let Example {
        desk, app, partner, ..
    } = &Example::new().await;
    let aws = &app.aws;
    isolated(async {
        let look_up = async || -> Result<(), LoadError> {
            lookup::parameter(aws, "/app/db_url").await?;
            lookup::parameter(aws, "/app/regions").await?;
            lookup::secret(aws, "/prod/partner/api_key").await?;
            lookup::object(aws, "s3://app-config/rules.json").await?;
            Ok(())
        };
        handler(app, order(1, "eu", 100)).await.unwrap();
        desk.wire.reset();
        look_up().await.unwrap();
        assert_eq!(desk.wire.total(), 0, "the handler loaded them");

        let (seed, rules) = (&desk.seed, br#"{"version":2,"blocked":[]}"#);
        seed.parameter("/app/db_url", "postgres://new@db.new").await;
        seed.string_list("/app/regions", "eu,mars").await;
        seed.rotate_secret("/prod/partner/api_key", "key-2").await;
        seed.object("app-config", "rules.json", rules).await;
        partner.change_key("key-2");
        look_up().max_age(Duration::ZERO).await.unwrap();
        assert_eq!(desk.wire.total(), 4);
        let receipt = handler(app, order(2, "mars", 100)).await.unwrap();
        assert_eq!((receipt.database.as_str(), receipt.rules), ("db.new", 2));
        assert_eq!(desk.wire.total(), 4, "the lookups loaded them");
    })
    .await;
}

/// Two handlers bind one parameter under two names.
#[tokio::test]
async fn l_f2_a_forced_refresh_reaches_every_binding_of_the_parameter() {
    #[cached(let custom = load::parameter(aws, "/l_f2/var").await?, ttl = "60s",
             key = "/l_f2/var", skip(aws), cache = lookup::parameter_cache())]
    async fn one(aws: &Aws) -> Result<String, LoadError> {
        Ok(custom.text()?.to_owned())
    }
    #[cached(let var = load::parameter(aws, "/l_f2/var").await?, ttl = "60s",
             key = "/l_f2/var", skip(aws), cache = lookup::parameter_cache())]
    async fn other(aws: &Aws) -> Result<String, LoadError> {
        Ok(var.text()?.to_owned())
    }

    let desk = Desk::new();
    desk.seed.parameter("/l_f2/var", "v1").await;
    assert_eq!(one(&desk.aws).await.unwrap(), "v1");
    assert_eq!(other(&desk.aws).await.unwrap(), "v1");
    assert_eq!(desk.wire.total(), 1);

    desk.seed.parameter("/l_f2/var", "v2").await;
    let refreshed = one(&desk.aws).max_age(Duration::ZERO).await.unwrap();
    assert_eq!(refreshed, "v2");
    assert_eq!(other(&desk.aws).await.unwrap(), "v2");
    assert_eq!(desk.wire.total(), 2);
}

/// The other direction: a handler called with a `max_age` of zero refreshes every resource it has.
#[tokio::test]
async fn l_f2_a_handler_called_with_max_age_zero_refreshes_all_it_binds() {
    #[cached(let a = load::parameter(aws, "/l_f2/a").await?, ttl = "60s", skip(aws))]
    #[cached(let b = lookup::parameter(aws, "/l_f2/b").await?, ttl = never, skip(aws))]
    async fn handler(aws: &Aws) -> Result<[String; 2], LoadError> {
        Ok([a.text()?, b.text()?].map(str::to_owned))
    }

    let desk = Desk::new();
    for version in ["v1", "v2"] {
        desk.seed.parameter("/l_f2/a", version).await;
        desk.seed.parameter("/l_f2/b", version).await;
        let seen = handler(&desk.aws).max_age(Duration::ZERO).await.unwrap();
        assert_eq!(seen, [version; 2], "through both layers of `b`");
        assert_eq!(handler(&desk.aws).await.unwrap(), seen, "and stored");
        let b = lookup::parameter(&desk.aws, "/l_f2/b").await.unwrap();
        assert_eq!(b.text().unwrap(), version);
    }
    assert_eq!(desk.wire.total(), 4);
}

/// In the original, `/app/aws_request_id` overwrites the request's id on the context object.
#[tokio::test]
async fn l_f14_no_parameter_reaches_the_context_of_an_invocation() {
    use lambda_runtime::{Context, LambdaEvent};

    #[cached(let aws_request_id = load::parameter(aws, "/l_f14/aws_request_id").await?, ttl = "60s", skip(aws))]
    async fn handler(aws: &Aws, event: LambdaEvent<u32>) -> Result<[String; 2], LoadError> {
        Ok([event.context.request_id, aws_request_id.text()?.to_owned()])
    }

    let desk = Desk::new();
    let parameter = "/l_f14/aws_request_id";
    desk.seed.parameter(parameter, "pwned").await;
    let mut context = Context::default();
    context.request_id = "the real one".to_owned();
    let event = LambdaEvent::new(7, context);
    let ids = handler(&desk.aws, event).await.unwrap();
    assert_eq!(ids, ["the real one", "pwned"]);
}

/// In the original, a handler is `(event, context)` and not async. Here: any arguments, generics, methods.
#[tokio::test]
async fn l_f18_any_async_function_can_be_a_handler() {
    struct Service {
        aws: Aws,
    }
    impl Service {
        #[cached(let var = load::parameter(&self.aws, "/l_f18/var").await?, ttl = "60s", skip(self))]
        async fn method(&self, suffix: &str) -> Result<String, LoadError> {
            Ok(var.text()?.to_owned() + suffix)
        }
    }
    #[cached(let all = load::parameters(aws, &["/l_f18/var"]).await?, ttl = "60s", skip(aws))]
    async fn generic<T: Into<String>>(aws: &Aws, suffix: T) -> Result<String, LoadError> {
        Ok(all["/l_f18/var"].text()?.to_owned() + &suffix.into())
    }

    let desk = Desk::new();
    desk.seed.parameter("/l_f18/var", "value").await;
    let service = Service {
        aws: desk.aws.clone(),
    };
    assert_eq!(service.method("!").await.unwrap(), "value!");
    assert_eq!(service.method("?").await.unwrap(), "value?");
    assert_eq!(generic(&desk.aws, "!").await.unwrap(), "value!");
    assert_eq!(generic(&desk.aws, 'c').await.unwrap(), "valuec");
    assert_eq!(desk.wire.count("GetParameter"), 1);
}
