//! What two bindings share, and what they never do.

use std::collections::BTreeMap;
use std::time::Duration;

use cached_attr::{CacheControlExt as _, cached};
use lambda::{Aws, LoadError, load, lookup};

use crate::desk::Desk;

#[tokio::test]
async fn l_f1_resources_that_end_alike_are_distinct_across_names_services_and_kinds() {
    #[cached(let team_a = load::parameter(aws, "/l_f1/team_a/db/password").await?, ttl = "60s", skip(aws))]
    #[cached(let team_b = load::parameter(aws, "/l_f1/team_b/db/password").await?, ttl = "60s", skip(aws))]
    #[cached(let prod = load::secret_text(aws, "/l_f1/prod/password").await?, ttl = "60s", skip(aws))]
    #[cached(let file = load::object(aws, "s3://l-f1/x/password").await?, ttl = "60s", skip(aws))]
    async fn handler(aws: &Aws) -> Result<[String; 4], LoadError> {
        let file = String::from_utf8_lossy(&file.read().await?).into_owned();
        Ok([team_a, team_b, prod.to_string(), file])
    }

    let Some(desk) = Desk::set().await else {
        return;
    };
    desk.seed
        .parameter("/l_f1/team_a/db/password", "A")
        .await
        .unwrap();
    desk.seed
        .parameter("/l_f1/team_b/db/password", "B")
        .await
        .unwrap();
    desk.seed
        .secret("/l_f1/prod/password", "a secret")
        .await
        .unwrap();
    desk.seed.bucket("l-f1").await.unwrap();
    desk.seed
        .object("l-f1", "x/password", b"a file")
        .await
        .unwrap();

    let values = ["A", "B", "a secret", "a file"].map(str::to_owned);
    assert_eq!(handler(&desk.aws).await.unwrap(), values);
    assert_eq!(
        handler(&desk.aws).await.unwrap(),
        values,
        "out of the cache as well"
    );
    assert_eq!(desk.meter.total(), 4);
}

/// The bar of the fourth issue, by lookup and by a resource whose name is made of an argument.
#[tokio::test]
async fn prod_var_and_test_var_never_share_an_entry() {
    #[cached(let var = load::parameter(aws, &format!("/bar/{stage}/var")).await?, ttl = "60s", skip(aws))]
    async fn handler(aws: &Aws, stage: &str) -> Result<String, LoadError> {
        Ok(var)
    }

    let Some(desk) = Desk::set().await else {
        return;
    };
    desk.seed
        .parameter("/bar/prod/var", "production")
        .await
        .unwrap();
    desk.seed
        .parameter("/bar/test/var", "playground")
        .await
        .unwrap();
    for _ in 0..2 {
        assert_eq!(handler(&desk.aws, "prod").await.unwrap(), "production");
        assert_eq!(handler(&desk.aws, "test").await.unwrap(), "playground");
        assert_eq!(
            lookup::parameter(&desk.aws, "/bar/prod/var").await.unwrap(),
            "production"
        );
        assert_eq!(
            lookup::parameter(&desk.aws, "/bar/test/var").await.unwrap(),
            "playground"
        );
    }
    assert_eq!(desk.meter.total(), 4);
}

/// Two handlers bind one parameter under two names, over the cache of the lookup: the resource is what is refreshed, and its
/// name in a handler is nothing but that.
#[tokio::test]
async fn l_f2_a_forced_refresh_is_seen_by_every_binding_of_the_resource() {
    #[cached(let custom = load::parameter(aws, "/l_f2/var").await?, ttl = "60s",
             key = "/l_f2/var", skip(aws), cache = lookup::parameter_cache())]
    async fn one(aws: &Aws) -> Result<String, LoadError> {
        Ok(custom)
    }
    #[cached(let var = load::parameter(aws, "/l_f2/var").await?, ttl = "60s",
             key = "/l_f2/var", skip(aws), cache = lookup::parameter_cache())]
    async fn other(aws: &Aws) -> Result<String, LoadError> {
        Ok(var)
    }

    let Some(desk) = Desk::set().await else {
        return;
    };
    desk.seed.parameter("/l_f2/var", "v1").await.unwrap();
    assert_eq!(one(&desk.aws).await.unwrap(), "v1");
    assert_eq!(other(&desk.aws).await.unwrap(), "v1");
    assert_eq!(desk.meter.total(), 1);

    desk.seed.parameter("/l_f2/var", "v2").await.unwrap();
    let refreshed = lookup::parameter(&desk.aws, "/l_f2/var")
        .max_age(Duration::ZERO)
        .await
        .unwrap();
    assert_eq!(refreshed, "v2");
    assert_eq!(one(&desk.aws).await.unwrap(), "v2");
    assert_eq!(other(&desk.aws).await.unwrap(), "v2");
    assert_eq!(desk.meter.total(), 2);
}

/// The other way round: a handler called with `max_age` zero refreshes every resource it stands under, whatever the name.
#[tokio::test]
async fn l_f2_a_handler_called_with_max_age_zero_refreshes_all_it_binds() {
    #[cached(let a = load::parameter(aws, "/l_f2/a").await?, ttl = "60s", skip(aws))]
    #[cached(let b = lookup::parameter(aws, "/l_f2/b").await?, ttl = never, skip(aws))]
    async fn handler(aws: &Aws) -> Result<(String, String), LoadError> {
        Ok((a, b))
    }

    let Some(desk) = Desk::set().await else {
        return;
    };
    for version in ["v1", "v2"] {
        desk.seed.parameter("/l_f2/a", version).await.unwrap();
        desk.seed.parameter("/l_f2/b", version).await.unwrap();
        let seen = handler(&desk.aws).max_age(Duration::ZERO).await.unwrap();
        assert_eq!(
            seen,
            (version.to_owned(), version.to_owned()),
            "through both layers of `b`"
        );
        assert_eq!(handler(&desk.aws).await.unwrap(), seen, "and stored");
        assert_eq!(
            lookup::parameter(&desk.aws, "/l_f2/b").await.unwrap(),
            version
        );
    }
    assert_eq!(desk.meter.total(), 4);
}

/// There, `/app/aws_request_id` overwrites the request's own id on the context object.
#[tokio::test]
async fn l_f14_no_parameter_reaches_the_context_of_an_invocation() {
    use lambda_runtime::{Context, LambdaEvent};

    #[cached(let aws_request_id = load::parameter(aws, "/l_f14/aws_request_id").await?, ttl = "60s", skip(aws))]
    async fn handler(aws: &Aws, event: LambdaEvent<u32>) -> Result<(String, String), LoadError> {
        Ok((event.context.request_id, aws_request_id))
    }

    let Some(desk) = Desk::set().await else {
        return;
    };
    desk.seed
        .parameter("/l_f14/aws_request_id", "pwned")
        .await
        .unwrap();
    let mut context = Context::default();
    context.request_id = "the real one".to_owned();
    let (request_id, bound) = handler(&desk.aws, LambdaEvent::new(7, context))
        .await
        .unwrap();
    assert_eq!(
        (request_id.as_str(), bound.as_str()),
        ("the real one", "pwned")
    );
}

/// There, a handler is `(event, context)` and not async. Here: any arguments, generics, methods.
#[tokio::test]
async fn l_f18_any_async_function_can_be_a_handler() {
    struct Service {
        aws: Aws,
    }
    impl Service {
        #[cached(let var = load::parameter(&self.aws, "/l_f18/var").await?, ttl = "60s", skip(self))]
        async fn method(&self, suffix: &str) -> Result<String, LoadError> {
            Ok(var + suffix)
        }
    }
    #[cached(let all = load::parameters(aws, &["/l_f18/var"]).await?, ttl = "60s", skip(aws))]
    async fn generic<T: Into<String>>(
        aws: &Aws,
        suffix: T,
    ) -> Result<BTreeMap<String, String>, LoadError> {
        let suffix = suffix.into();
        Ok(all
            .iter()
            .map(|(name, value)| (name.clone(), format!("{value}{suffix}")))
            .collect())
    }

    let Some(desk) = Desk::set().await else {
        return;
    };
    desk.seed.parameter("/l_f18/var", "value").await.unwrap();
    let service = Service {
        aws: desk.aws.clone(),
    };
    assert_eq!(service.method("!").await.unwrap(), "value!");
    assert_eq!(service.method("?").await.unwrap(), "value?");
    assert_eq!(
        generic(&desk.aws, "!").await.unwrap()["/l_f18/var"],
        "value!"
    );
    assert_eq!(
        generic(&desk.aws, 'c').await.unwrap()["/l_f18/var"],
        "valuec"
    );
    assert_eq!(desk.meter.count("GetParameter /l_f18/var"), 1);
}
