//! Several parameters in one request.

use std::collections::BTreeMap;
use std::sync::Arc;

use cached_attr::cached;
use lambda::load::Parameter;
use lambda::{Aws, Kind, LoadError, load};

use crate::desk::{Desk, millis, pass, seconds};

#[tokio::test]
async fn l_b15_a_list_is_one_binding_with_one_age_for_all_of_it() {
    #[cached(let all = load::parameters(aws, &["/l_b15/a", "/l_b15/b", "/l_b15/c"]).await?, ttl = "60s", skip(aws))]
    async fn handler(aws: &Aws) -> Result<Arc<BTreeMap<String, Parameter>>, LoadError> {
        Ok(all)
    }

    let desk = Desk::new();
    for name in ["/l_b15/a", "/l_b15/b", "/l_b15/c"] {
        desk.seed.parameter(name, name).await;
    }
    let all = handler(&desk.aws).await.unwrap();
    assert_eq!(all.len(), 3);
    let b = all["/l_b15/b"].text().unwrap();
    assert_eq!(b, "/l_b15/b", "the full name is the key");
    pass(seconds(59)).await;
    handler(&desk.aws).await.unwrap();
    assert_eq!(desk.wire.total(), 1, "a list costs one request");
    pass(seconds(1)).await;
    handler(&desk.aws).await.unwrap();
    assert_eq!(desk.wire.total(), 2);
}

/// Two texts, a list and a secret text; all of them change, and are loaded again together.
#[tokio::test]
async fn l_b15_four_parameters_of_mixed_types_arrive_in_one_call_each_as_what_it_is() {
    const NAMES: [&str; 4] = ["/mixed/one", "/mixed/two", "/mixed/list", "/mixed/secret"];
    #[cached(let all = load::parameters(aws, &NAMES).await?, ttl = "10s", skip(aws))]
    async fn handler(aws: &Aws) -> Result<(Vec<String>, Vec<String>), LoadError> {
        let texts = ["/mixed/one", "/mixed/two", "/mixed/secret"];
        let texts = texts.map(|name| all[name].text().map(str::to_owned));
        let texts = texts.into_iter().collect::<Result<_, _>>()?;
        Ok((texts, all["/mixed/list"].list()?.to_vec()))
    }

    let desk = Desk::new();
    let mut requests = 0;
    for (one, two, list, secret) in [("1", "2", "a,b,c", "s3cr3t"), ("_", "__", "-,--", "___")] {
        desk.seed.parameter("/mixed/one", one).await;
        desk.seed.parameter("/mixed/two", two).await;
        desk.seed.string_list("/mixed/list", list).await;
        desk.seed.secure_string("/mixed/secret", secret).await;
        pass(seconds(10)).await;
        requests += 1;
        for _ in ["loaded", "cached"] {
            let (texts, items) = handler(&desk.aws).await.unwrap();
            assert_eq!(texts, [one, two, secret]);
            assert_eq!(items, list.split(',').collect::<Vec<_>>());
            assert_eq!(desk.wire.count("GetParameters"), requests);
        }
    }
    assert_eq!(desk.wire.total(), requests);
}

/// In the original, the later of two names with the same last segment wins silently.
#[tokio::test]
async fn l_b16_names_that_end_alike_are_two_entries_and_a_repeated_name_is_one() {
    let desk = Desk::new();
    let (a, b) = ("/l_b16/a/password", "/l_b16/b/password");
    desk.seed.parameter(a, "A").await;
    desk.seed.parameter(b, "B").await;

    let all = load::parameters(&desk.aws, &[a, b].repeat(6)).await;
    let all = all.unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(all[a].text().unwrap(), "A");
    assert_eq!(all[b].text().unwrap(), "B");
    assert_eq!(desk.wire.total(), 1, "twelve names would take two requests");
}

#[tokio::test]
async fn l_f13_missing_names_are_an_error_that_lists_every_one_of_them() {
    let desk = Desk::new();
    let there = (0..12).map(|number| format!("/l_f13/there/{number:02}"));
    let there: Vec<String> = there.collect();
    for name in &there {
        desk.seed.parameter(name, "x").await;
    }
    let mut names: Vec<&str> = there.iter().map(String::as_str).collect();
    names.extend(["/l_f13/a_missing", "/l_f13/z_missing"]);

    let error = load::parameters(&desk.aws, &names).await.unwrap_err();
    let LoadError::Missing { kind, names } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(*kind, Kind::Parameter);
    let of_both_chunks = ["/l_f13/a_missing", "/l_f13/z_missing"];
    assert_eq!(names, &of_both_chunks);
    let message = "parameter not found: /l_f13/a_missing, /l_f13/z_missing";
    assert!(error.to_string().starts_with(message), "{error}");
}

#[tokio::test]
async fn l_f13_more_than_ten_names_are_requested_in_chunks_of_ten_side_by_side() {
    let desk = Desk::new();
    let names = (0..23).map(|number| format!("/l_f13/many/{number:02}"));
    let names: Vec<String> = names.collect();
    for name in &names {
        desk.seed.parameter(name, name).await;
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    desk.wire.delay("GetParameters", millis(100));

    let all = load::parameters(&desk.aws, &names).await.unwrap();
    assert_eq!(all.len(), 23);
    let matches = names.iter().all(|&name| all[name].text().unwrap() == name);
    assert!(matches, "{all:?}");
    assert_eq!(desk.wire.count("GetParameters"), 3);
    assert_eq!(desk.wire.most_at_once(), 3, "one round of waiting");
}
