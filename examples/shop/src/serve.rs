//! Answering requests, until somebody says that it is enough.

use std::future::IntoFuture;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::{TcpListener, TcpSocket};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

/// Takes an address, with a queue long enough for thousands of clients that come at once.
///
/// # Errors
/// It is taken already, or is not this machine's.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // So that a restart need not wait for the last connections of the process before.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(4096)
}

/// Answers requests until SIGTERM or Ctrl-C: then it takes no more, and returns when those that run have their answers, or after
/// the grace: a client that is slow, or gone without a word, shall not keep the process for ever.
///
/// # Errors
/// The signals cannot be waited for.
pub async fn serve(listener: TcpListener, app: Router, grace: Duration) -> io::Result<()> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let (told, ending) = oneshot::channel();
    let end = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("ending: requests that run have {grace:?}");
        // Nobody listens when all is over already.
        let _ = told.send(());
    };
    // Answers are sent as a whole, so waiting for more to fill a packet would only be waiting.
    let listener = listener.tap_io(|connection| {
        let _ = connection.set_nodelay(true);
    });
    let served = axum::serve(listener, app).with_graceful_shutdown(end).into_future();
    let late = async {
        let _ = ending.await;
        tokio::time::sleep(grace).await;
    };
    tokio::select! {
        served = served => served,
        () = late => {
            tracing::warn!("ended with requests that still run");
            Ok(())
        }
    }
}
