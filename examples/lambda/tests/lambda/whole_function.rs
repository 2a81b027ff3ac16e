//! The deployed program as a process of its own, driven through the Runtime API.

use std::path::Path;
use std::time::Duration;

use lambda::Receipt;
use lambda_local::{Function, FunctionError, PartnerApi, Services};
use serde_json::json;

struct Running {
    services: Services,
    partner: PartnerApi,
    function: Function,
}

impl Running {
    async fn start(more: &[(&str, &str)]) -> Result<Self, FunctionError> {
        let services = Services::start().await.unwrap();
        let partner = PartnerApi::start("key-1").await;
        let partner_url = partner.url();
        let variables = [
            ("AWS_ENDPOINT_URL", services.url()),
            ("PARTNER_URL", &partner_url),
        ];
        let variables = [&variables, more].concat();
        let program = Path::new(env!("CARGO_BIN_EXE_lambda"));
        Ok(Self {
            function: Function::start(program, &variables).await?,
            services,
            partner,
        })
    }

    async fn take(&mut self, region: &str, fresh: bool) -> Result<Receipt, FunctionError> {
        let order =
            json!({ "kind": "order", "id": 7, "region": region, "amount": 100, "fresh": fresh });
        let answer = self.function.invoke(&order).await?;
        Ok(serde_json::from_value(answer).expect("a receipt"))
    }

    /// The reads since the last call, sorted.
    fn requests(&mut self) -> Vec<String> {
        let mut requests = self.services.requests();
        requests.sort();
        requests
    }
}

const ALL: [&str; 5] = [
    "GET /app-config/rules.json",
    "GetParameter /app/db_url",
    "GetParameter /app/regions",
    "GetParameters",
    "GetSecretValue /prod/partner/api_key",
];

#[tokio::test]
async fn the_function_prefetches_caches_refreshes_on_demand_and_notices_a_rotated_key() {
    let mut running = Running::start(&[]).await.unwrap();
    assert_eq!(running.requests(), ALL, "before it polls for an event");

    for _ in 0..3 {
        let receipt = running.take("eu", false).await.unwrap();
        let expected = Receipt {
            id: 7,
            database: "db.internal".to_owned(),
            rules: 1,
        };
        assert_eq!(receipt, expected);
    }
    assert_eq!(running.requests(), [""; 0]);

    let (seed, rules) = (
        running.services.seed.clone(),
        br#"{"version":2,"blocked":[]}"#,
    );
    seed.object("app-config", "rules.json", rules).await;
    let cached = running.take("eu", false).await.unwrap();
    assert_eq!(cached.rules, 1, "fresh for two minutes");
    let fresh = running.take("eu", true).await.unwrap();
    assert_eq!(fresh.rules, 2, "unless the event requests fresh settings");
    let after = running.take("eu", false).await.unwrap();
    assert_eq!(after.rules, 2, "which are stored");
    let mut checked = ALL;
    checked[0] = "GET /app-config/rules.json if changed";
    assert_eq!(running.requests(), checked);

    seed.rotate_secret("/prod/partner/api_key", "key-2").await;
    running.partner.change_key("key-2");
    running.take("eu", false).await.unwrap();
    assert_eq!(running.requests(), ALL[4..]);
}

#[tokio::test]
async fn each_resource_of_the_function_expires_by_its_own_variable() {
    let variables = [
        ("DB_URL_TTL_SECONDS", "2"),
        ("REGIONS_TTL_SECONDS", "0"),
        ("LIMITS_TTL_SECONDS", "1h"),
        ("API_KEY_TTL_SECONDS", "0"),
        ("RULES_TTL_SECONDS", "2"),
    ];
    let mut running = Running::start(&variables).await.unwrap();
    // The process has a clock of its own, which cannot be paused from here.
    tokio::time::sleep(Duration::from_millis(2100)).await;
    running.requests();
    running.take("eu", false).await.unwrap();
    running.take("eu", false).await.unwrap();
    let expected = [
        "GET /app-config/rules.json if changed",
        "GetParameter /app/db_url",
        "GetParameter /app/regions",
        "GetParameter /app/regions",
        "GetSecretValue /prod/partner/api_key",
        "GetSecretValue /prod/partner/api_key",
    ];
    assert_eq!(running.requests(), expected);
}

#[tokio::test]
async fn a_ttl_that_cannot_be_parsed_is_reported_at_the_start() {
    let variables = [("DB_URL_TTL_SECONDS", "soon"), ("RULES_TTL_SECONDS", "-1")];
    let ended = Running::start(&variables).await.err().expect("no start");
    let FunctionError::Ended { status, output } = ended else {
        panic!("{ended}")
    };
    assert!(!status.success());
    for (variable, value) in variables {
        assert!(output.contains(&format!("`{variable}`")), "{output}");
        assert!(!output.contains(value), "{output}");
    }
}

/// Without this, the local run waits for an answer that cannot come.
#[tokio::test]
async fn an_invocation_ends_when_the_function_does() {
    let mut running = Running::start(&[]).await.unwrap();
    running.function.kill().await;
    let within = Duration::from_secs(5);
    let answer = tokio::time::timeout(within, running.take("eu", false)).await;
    let error = answer.expect("at once").unwrap_err();
    assert!(matches!(error, FunctionError::Ended { .. }), "{error}");
}

#[tokio::test]
async fn an_invocation_that_fails_returns_the_kind_of_failure_and_the_next_one_works() {
    let mut running = Running::start(&[]).await.unwrap();
    let error = running.take("moon", false).await.unwrap_err();
    let message = "Refused: order 7: nothing is delivered to its region";
    assert_eq!(error.to_string(), message);

    let seed = running.services.seed.clone();
    seed.delete_parameter("/app/db_url").await;
    let error = running.take("eu", true).await.unwrap_err();
    let message = "Load: parameter not found: /app/db_url";
    assert!(error.to_string().starts_with(message), "{error}");

    let address = "postgres://orders:new@db.internal";
    seed.secure_string("/app/db_url", address).await;
    running.take("eu", true).await.unwrap();
}
