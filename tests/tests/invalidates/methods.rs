//! Methods that write, and methods that are written about.

use cached_attr::{cached, invalidates};
use cached_attr_tests::Source;

#[cached(ttl = "1h", key = "row:{tenant}:{id}", skip(source))]
async fn row(source: &Source, tenant: &str, id: u32) -> u32 {
    source.ask()
}

struct Repo {
    source: Source,
    tenant: String,
}

impl Repo {
    #[cached(ttl = "1h", skip(self))]
    async fn script(&self, id: u32) -> u32 {
        self.source.ask() + id
    }

    #[invalidates(Self::script(id))]
    async fn write(&self, id: u32) -> &str {
        let _ = id;
        &self.tenant
    }

    #[invalidates(row(&self.tenant, id))]
    async fn write_row(&mut self, id: u32) -> Result<(), u32> {
        self.tenant.push('!');
        if id == 0 { Err(id) } else { Ok(()) }
    }
}

#[invalidates(Repo::script(id))]
async fn write_from_outside(id: u32) {
    let _ = id;
}

#[tokio::test(start_paused = true)]
async fn methods_write_and_methods_are_targets() {
    let mut repo = Repo {
        source: Source::new(),
        tenant: "acme".to_owned(),
    };
    assert_eq!(repo.script(10).await, 11);
    assert_eq!(repo.write(10).await, "acme");
    assert_eq!(repo.script(10).await, 12);
    write_from_outside(10).await;
    assert_eq!(repo.script(10).await, 13);

    let source = Source::new();
    assert_eq!(row(&source, "acme", 7).await, 1);
    repo.write_row(7).await.expect("there is such a row");
    assert_eq!(
        row(&source, "acme", 7).await,
        2,
        "the key is that of the tenant before the body ran"
    );
}
