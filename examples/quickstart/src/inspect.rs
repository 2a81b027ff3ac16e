//! `--inspect`: the caches under steady traffic, and a page that shows what they do.

use std::hash::{BuildHasher as _, RandomState};
use std::net::Ipv4Addr;
use std::time::Duration;

use axum::Router;
use cached_attr_inspector::Inspector;
use tokio::net::TcpListener;
use tokio::time::sleep;

use crate::Outcome;
use crate::campaigns::{campaign, campaign_cache, overview};
use crate::folder::CAMPAIGNS;
use crate::service::Service;

/// Serves the page on a free port of loopback until the program is stopped.
pub(crate) async fn run(service: &Service) -> Outcome {
    let token = format!("{:x}", RandomState::new().hash_one(service.address()));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    println!(
        "Open http://{}/#token={token}\nStop with Ctrl-C.",
        listener.local_addr()?
    );
    let page = Router::new().merge(Inspector::new().control(&token).router());
    tokio::spawn(traffic(service.clone()));
    Ok(axum::serve(listener, page).await?)
}

/// Readers of which most want the same few campaigns, a test consumer, and now and then an edit.
async fn traffic(service: Service) {
    for round in 0_u32.. {
        let random = RandomState::new().hash_one(round);
        for reader in 0..20 {
            let service = service.clone();
            // The square of a number below one: small ids are wanted more often.
            let drawn = u32::try_from(random.rotate_left(3 * reader) % 1000).unwrap_or(0);
            let id = CAMPAIGNS * drawn / 1000 * drawn / 1000;
            tokio::spawn(async move {
                let consumer = if reader == 19 { "test-rig" } else { "app" };
                // A failed load is counted, and the page shows it.
                let _ = campaign(&service, id, consumer).await;
                let _ = overview(&service).await;
            });
        }
        if round % 40 == 0 {
            campaign_cache().invalidate(&(round / 40 % 20)).await;
        }
        sleep(Duration::from_millis(50)).await;
    }
}
