//! The real program, as a process of its own, driven through the Runtime API.

use std::path::Path;
use std::time::Duration;

use lambda::local::{Function, FunctionError, PartnerApi, RuntimeApi};
use lambda::{Event, Order, Receipt};

use crate::desk::Desk;

fn order(id: u64, fresh: bool) -> Event {
    Event::Order(Order {
        id,
        region: "eu".to_owned(),
        amount: 100,
        fresh,
    })
}

struct Running {
    desk: Desk,
    partner: PartnerApi,
    api: RuntimeApi,
    _function: Function,
}

impl Running {
    async fn start(more: &[(&str, &str)]) -> Option<Self> {
        let desk = Desk::of_the_example().await?;
        let (partner, api) = (
            PartnerApi::start("key-1").await.unwrap(),
            RuntimeApi::start().await.unwrap(),
        );
        let (meter, partner_url) = (desk.meter.url(), partner.url());
        let files = desk.folder.path().to_str().unwrap();
        let variables = [
            ("AWS_ENDPOINT_URL", &*meter),
            ("FILES_FOLDER", files),
            ("PARTNER_URL", &*partner_url),
        ];
        let program = Path::new(env!("CARGO_BIN_EXE_lambda"));
        let variables = variables.into_iter().chain(more.iter().copied());
        let function = Function::start(program, &api.address(), variables).unwrap();
        api.first_asked().await;
        Some(Self {
            desk,
            partner,
            api,
            _function: function,
        })
    }

    async fn take(&self, id: u64, fresh: bool) -> Result<Receipt, FunctionError> {
        let answer = self.api.invoke(&order(id, fresh)).await?;
        Ok(serde_json::from_value(answer).expect("a receipt"))
    }
}

#[tokio::test]
async fn the_function_prefetches_remembers_refreshes_on_demand_and_notices_a_rotated_key() {
    let Some(running) = Running::start(&[]).await else {
        return;
    };
    let Running { desk, partner, .. } = &running;
    assert_eq!(
        desk.meter.total(),
        5,
        "loaded before it asked for its first event"
    );

    for id in 1..=3 {
        let receipt = running.take(id, false).await.unwrap();
        assert_eq!(
            receipt,
            Receipt {
                id,
                database: "db.internal".to_owned(),
                rules: 1
            }
        );
    }
    assert_eq!(desk.meter.total(), 5, "three invocations asked for nothing");

    desk.seed
        .object("app-config", "rules.json", br#"{"version":2,"blocked":[]}"#)
        .await
        .unwrap();
    assert_eq!(
        running.take(4, false).await.unwrap().rules,
        1,
        "trusted for two minutes"
    );
    assert_eq!(
        running.take(5, true).await.unwrap().rules,
        2,
        "unless the event asks for fresh ones"
    );
    assert_eq!(
        running.take(6, false).await.unwrap().rules,
        2,
        "which are stored"
    );
    assert_eq!(desk.meter.total(), 10);

    desk.seed
        .rotate_secret("/prod/partner/api_key", "key-2")
        .await
        .unwrap();
    partner.change_key("key-2");
    assert_eq!(running.take(7, false).await.unwrap().id, 7);
    assert_eq!(desk.meter.count("GetSecretValue"), 3);
    assert_eq!(
        desk.meter.answered("GET /app-config/rules.json", 304),
        1,
        "unchanged rules were not sent again"
    );
}

#[tokio::test]
async fn each_resource_of_the_function_expires_by_its_own_variable() {
    let variables = [
        ("DB_URL_TTL_SECONDS", "1"),
        ("REGIONS_TTL_SECONDS", "0"),
        ("LIMITS_TTL_SECONDS", "1h"),
    ];
    let Some(running) = Running::start(&variables).await else {
        return;
    };
    running.desk.meter.reset();

    running.take(1, false).await.unwrap();
    // A process of its own has a clock of its own: the one real wait of these tests.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    running.desk.meter.reset();
    running.take(2, false).await.unwrap();
    running.take(3, false).await.unwrap();
    let meter = &running.desk.meter;
    assert_eq!(meter.count("GetParameter /app/db_url"), 1, "one second");
    assert_eq!(
        meter.count("GetParameter /app/regions"),
        2,
        "zero: not remembered"
    );
    assert_eq!(meter.count("GetParameters"), 0, "an hour");
    assert_eq!(meter.total(), 3);
}

#[tokio::test]
async fn an_invocation_that_fails_tells_the_kind_of_failure_and_the_next_one_works() {
    let Some(running) = Running::start(&[]).await else {
        return;
    };
    let bad = Event::Order(Order {
        id: 1,
        region: "moon".to_owned(),
        amount: 100,
        fresh: false,
    });
    let error = running.api.invoke(&bad).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Refused: order 1: nothing is delivered to its region"
    );

    running
        .desk
        .seed
        .remove_parameter("/app/db_url")
        .await
        .unwrap();
    let error = running.take(2, true).await.unwrap_err();
    assert_eq!(error.error_type, "Load");
    assert!(
        error
            .error_message
            .starts_with("parameter not found: /app/db_url"),
        "{error}"
    );

    running
        .desk
        .seed
        .secure_string("/app/db_url", "postgres://orders:new@db.internal")
        .await
        .unwrap();
    running.take(3, true).await.unwrap();
}
