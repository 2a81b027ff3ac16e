//! Several parameters in one request.

use std::collections::BTreeMap;
use std::sync::Arc;

use cached_attr::cached;
use lambda::{Aws, Kind, LoadError, load};

use crate::desk::{Desk, millis, pass, seconds};

#[tokio::test]
async fn l_b15_a_list_is_one_binding_with_one_age_for_all_of_it() {
    #[cached(let all = load::parameters(aws, &["/l_b15/a", "/l_b15/b", "/l_b15/c"]).await?, ttl = "60s", skip(aws))]
    async fn handler(aws: &Aws) -> Result<Arc<BTreeMap<String, String>>, LoadError> {
        Ok(all)
    }

    let Some(desk) = Desk::set().await else {
        return;
    };
    for name in ["/l_b15/a", "/l_b15/b", "/l_b15/c"] {
        desk.seed.parameter(name, name).await.unwrap();
    }
    let all = handler(&desk.aws).await.unwrap();
    assert_eq!(all.len(), 3);
    assert_eq!(all["/l_b15/b"], "/l_b15/b", "keyed by the full name");
    pass(seconds(59)).await;
    handler(&desk.aws).await.unwrap();
    assert_eq!(desk.meter.total(), 1, "the list form costs one request");
    pass(seconds(1)).await;
    handler(&desk.aws).await.unwrap();
    assert_eq!(desk.meter.total(), 2);
}

/// There, the later of two names with the same last segment wins, and nobody is told.
#[tokio::test]
async fn l_b16_names_that_end_alike_are_two_entries_and_a_name_twice_is_one() {
    let Some(desk) = Desk::set().await else {
        return;
    };
    desk.seed.parameter("/l_b16/a/password", "A").await.unwrap();
    desk.seed.parameter("/l_b16/b/password", "B").await.unwrap();

    let names = [
        "/l_b16/a/password",
        "/l_b16/b/password",
        "/l_b16/a/password",
    ];
    let all = load::parameters(&desk.aws, &names).await.unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(
        (
            all["/l_b16/a/password"].as_str(),
            all["/l_b16/b/password"].as_str()
        ),
        ("A", "B")
    );
}

#[tokio::test]
async fn l_f13_missing_names_are_an_error_that_lists_every_one_of_them() {
    let Some(desk) = Desk::set().await else {
        return;
    };
    let there: Vec<String> = (0..12)
        .map(|number| format!("/l_f13/there/{number:02}"))
        .collect();
    for name in &there {
        desk.seed.parameter(name, "x").await.unwrap();
    }
    let mut names: Vec<&str> = there.iter().map(String::as_str).collect();
    names.push("/l_f13/a_missing");
    names.push("/l_f13/z_missing");

    let error = load::parameters(&desk.aws, &names).await.unwrap_err();
    let LoadError::Missing { kind, names } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(*kind, Kind::Parameter);
    assert_eq!(
        names,
        &["/l_f13/a_missing", "/l_f13/z_missing"],
        "of both chunks"
    );
    assert!(
        error
            .to_string()
            .contains("parameter not found: /l_f13/a_missing, /l_f13/z_missing"),
        "{error}"
    );
}

#[tokio::test]
async fn l_f13_more_than_ten_names_are_asked_for_in_chunks_of_ten_side_by_side() {
    let Some(desk) = Desk::set().await else {
        return;
    };
    let names: Vec<String> = (0..23)
        .map(|number| format!("/l_f13/many/{number:02}"))
        .collect();
    for name in &names {
        desk.seed.parameter(name, name).await.unwrap();
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    desk.meter.delay("GetParameters", millis(100));

    let all = load::parameters(&desk.aws, &names).await.unwrap();
    assert_eq!(all.len(), 23);
    assert!(names.iter().all(|&name| all[name] == name));
    assert_eq!(desk.meter.count("GetParameters"), 3);
    assert_eq!(desk.meter.most_at_once(), 3, "one round of waiting");
}
