//! `key = "…{capture}…"`: texts that no other arguments spell.

use std::collections::HashMap;

use cached_attr::cached;
use cached_attr_tests::Dice;

#[cached(ttl = "1m", key = "spec:{name}")]
async fn one_capture(name: &str) -> String {
    name.to_owned()
}

#[tokio::test]
async fn one_capture_is_used_to_the_letter() {
    one_capture("a:b%c").await;
    assert_eq!(one_capture_key("a:b%c"), "spec:a:b%c");
    assert!(one_capture_cache().get("spec:a:b%c").await.is_some());
}

#[cached(ttl = "1m", key = "{tenant}/{id:04}")]
async fn two_captures(tenant: &str, id: u32) -> String {
    format!("{tenant} {id}")
}

#[tokio::test]
async fn captures_take_format_specifications() {
    assert_eq!(two_captures_key("acme", 7), "acme/0007");
    two_captures("acme", 7).await;
    assert_eq!(
        two_captures_cache().get("acme/0007").await.as_deref(),
        Some("acme 7")
    );
}

#[tokio::test]
async fn in_two_captures_the_templates_own_characters_and_percent_are_escaped() {
    assert_eq!(two_captures_key("a/b", 1), "a%2Fb/0001");
    assert_eq!(two_captures_key("100%", 1), "100%25/0001");
    assert_eq!(two_captures_key("a:b ü", 1), "a:b ü/0001");
}

#[tokio::test]
async fn braces_can_be_written_and_what_is_not_captured_must_be_skipped() {
    #[cached(ttl = "1m", key = "{{{id}}}", skip(noise))]
    async fn braces(id: u32, noise: u32) -> u32 {
        noise + id
    }

    assert_eq!(braces_key(1), "{1}");
    assert_eq!((braces(1, 10).await, braces(1, 20).await), (11, 11));
}

#[tokio::test]
async fn floats_are_rounded_by_the_template() {
    #[cached(ttl = "1m", key = "{lat:.2}:{lon:.2}")]
    async fn weather(lat: f64, lon: f64) -> String {
        format!("{lat} {lon}")
    }

    let there = weather(51.571, -1.312).await;
    assert_eq!(weather(51.5712, -1.3119).await, there);
    assert_ne!(weather(51.58, -1.312).await, there);
    assert_eq!(weather_key(51.571, -1.312), "51.57:-1.31");
}

struct Client {
    region: &'static str,
}

impl Client {
    #[cached(ttl = "1m", key = "{self.region}:{id}")]
    async fn fetch(&self, id: u32) -> String {
        format!("{} {id}", self.region)
    }

    #[cached(ttl = "1m", key = "{user.id}:{user.name}", skip(self))]
    async fn fields(&self, user: &User) -> String {
        format!("{} {}", user.id, user.name)
    }
}

struct User {
    id: u32,
    name: &'static str,
}

#[tokio::test]
async fn fields_can_be_captured() {
    let (east, west) = (Client { region: "east" }, Client { region: "west" });
    assert_eq!(east.fetch(1).await, "east 1");
    assert_eq!(west.fetch(1).await, "west 1");
    assert_eq!(
        Client::fetch_cache().get("east:1").await.as_deref(),
        Some("east 1")
    );

    let ann = User { id: 1, name: "ann" };
    assert_eq!(east.fields(&ann).await, "1 ann");
    let bob = User { id: 1, name: "bob" };
    assert_eq!(east.fields(&bob).await, "1 bob");
}

#[tokio::test]
async fn debug_and_other_formats_can_be_captured() {
    #[derive(Debug)]
    enum Kind {
        Red,
        Blue,
    }

    #[cached(ttl = "1m", key = "{kind:?}-{code:x}")]
    async fn debug(kind: Kind, code: u32) -> String {
        format!("{kind:?} {code}")
    }

    assert_eq!(debug(Kind::Red, 255).await, "Red 255");
    assert_eq!(debug(Kind::Blue, 255).await, "Blue 255");
    assert!(debug_cache().get("Red-ff").await.is_some());
}

#[cached(ttl = "1m", key = "{a}:{b}")]
async fn by_colon(a: &str, b: &str) -> String {
    format!("{a}|{b}")
}

#[cached(ttl = "1m", key = "x{a}/2F{b}ü{c}A")]
async fn odd_literals(a: &str, b: &str, c: &str) -> String {
    format!("{a}|{b}|{c}")
}

/// Texts from few letters, so that they often nearly spell each other.
fn word(dice: &mut Dice) -> String {
    let letters = [':', '%', '2', '3', 'A', 'F', '/', 'x', 'ü', 'a'];
    (0..dice.below(6)).map(|_| *dice.pick(&letters)).collect()
}

#[test]
fn no_pair_of_arguments_spells_another_pair() {
    const SEED: u64 = 0x5EED;
    let mut dice = Dice::new(SEED);
    let mut pairs = HashMap::new();
    let mut triples = HashMap::new();
    for _ in 0..20_000 {
        let (a, b, c) = (word(&mut dice), word(&mut dice), word(&mut dice));
        let pair = (a.clone(), b.clone());
        let before = pairs.insert(by_colon_key(&a, &b), pair.clone());
        assert!(
            before.is_none_or(|before| before == pair),
            "seed {SEED}: {pair:?}"
        );
        let triple = (a.clone(), b.clone(), c.clone());
        let before = triples.insert(odd_literals_key(&a, &b, &c), triple.clone());
        assert!(
            before.is_none_or(|before| before == triple),
            "seed {SEED}: {triple:?}"
        );
    }
    assert!(pairs.len() > 1000);
}

#[tokio::test]
async fn arguments_that_contain_the_separator_have_answers_of_their_own() {
    assert_eq!(by_colon("a:b", "c").await, "a:b|c");
    assert_eq!(by_colon("a", "b:c").await, "a|b:c");
    assert_eq!(odd_literals("", "", "").await, "||");
}
