//! What becomes of a connection that its borrower has done with.

use std::pin::pin;
use std::time::Duration;

use orm_core::Result;
use orm_core::backend::PooledConnection;
use tokio::time::timeout;

use super::{Pending, PgClient, Transaction};

/// Longest time to deliver a cancel request.
const CANCEL_TIME: Duration = Duration::from_secs(5);

/// Longest time that a statement is waited for to end once its cancel request was sent.
const ANSWER_TIME: Duration = Duration::from_secs(1);

impl PooledConnection for PgClient {
    fn is_clean(&self) -> bool {
        self.pending == Pending::Nothing
            && self.transaction == Transaction::None
            && !self.tainted
            && !self.broken
            && !self.client.is_closed()
    }

    async fn ping(&mut self) -> Result<()> {
        self.start()?;
        let PgClient { client, deadline, .. } = self;
        let outcome = deadline.run(pin!(async { Ok(client.check_connection().await?) })).await;
        self.settle(outcome, "")
    }

    fn discard(self) {
        if self.pending == Pending::Nothing || self.client.is_closed() {
            // Nothing runs: closing the socket is enough for the server to roll back and end.
            return;
        }
        let token = self.client.cancel_token();
        let tls = self.tls.clone();
        self.runtime.clone().spawn(async move {
            // The connection stays open until the request is delivered: while the server's process lives, its number
            // is nobody else's. And it is never used again, so no other statement can be hit.
            match timeout(CANCEL_TIME, token.cancel_query(tls)).await {
                Ok(Ok(())) => {
                    // Sent, but not yet heard: a pooler between forgets a cancel request whose connection has gone.
                    let _ = timeout(ANSWER_TIME, self.client.check_connection()).await;
                }
                Ok(Err(error)) => {
                    tracing::debug!(target: "orm", %error, "a cancel request was not delivered");
                }
                Err(_) => tracing::debug!(target: "orm", "a cancel request was not delivered in time"),
            }
            drop(self);
        });
    }
}
