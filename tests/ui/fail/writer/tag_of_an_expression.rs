use cached_attr::{cached, invalidates};

#[cached(ttl = "5m", tags = ["tenant:{tenant}"])]
async fn orders(tenant: &str) -> String {
    tenant.to_owned()
}

#[invalidates(tag(format!("tenant:{tenant}")))]
async fn import(tenant: &str) -> Result<(), String> {
    let _ = tenant;
    Ok(())
}

fn main() {
    let _ = (orders("acme"), import("acme"));
}
