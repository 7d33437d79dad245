//! How often a client waits for the server: a relay between them that counts the changes of direction.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

use crate::contestant::Outcome;

/// What was counted, over all connections through the relay.
#[derive(Clone, Default)]
pub struct RoundTrips {
    count: Arc<AtomicUsize>,
    answered: Arc<AtomicBool>,
}

impl RoundTrips {
    /// A relay to the server of a URL; gives the URL that leads through it.
    pub async fn relay(url: &str) -> Outcome<(Self, String)> {
        let authority = url.split("://").nth(1).and_then(|rest| rest.split(['/', '?']).next()).unwrap_or(url);
        let server = authority.rsplit('@').next().unwrap_or(authority).to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let through = url.replace(&server, &listener.local_addr()?.to_string());
        let trips = RoundTrips::default();
        let counting = trips.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let Ok(server) = TcpStream::connect(&server).await else { return };
                let (from_client, to_client) = client.into_split();
                let (from_server, to_server) = server.into_split();
                let (asks, answers) = (counting.clone(), counting.clone());
                tokio::spawn(pass(from_client, to_server, move || asks.asked()));
                tokio::spawn(pass(from_server, to_client, move || {
                    answers.answered.store(true, Ordering::SeqCst);
                }));
            }
        });
        Ok((trips, through))
    }

    /// The number since the last call.
    pub fn take(&self) -> usize {
        self.count.swap(0, Ordering::SeqCst)
    }

    /// Whatever is sent before the next answer is one round trip.
    fn asked(&self) {
        if self.answered.swap(false, Ordering::SeqCst) {
            self.count.fetch_add(1, Ordering::SeqCst);
        }
    }
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, note: impl Fn()) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        note();
        let Some(bytes) = buffer.get(..read) else { return };
        if to.write_all(bytes).await.is_err() {
            return;
        }
    }
}
