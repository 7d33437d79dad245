//! Counts requests in Redis, for all processes of the service together.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, RedisResult};

use super::WINDOW;
use crate::settings::SettingError;

/// The longest that a request waits for its number. A limiter that is slower than what it limits is of no use.
const PATIENCE: Duration = Duration::from_millis(250);

/// One connection that all requests share, and that is made anew when it breaks.
pub(super) struct Redis {
    connection: ConnectionManager,
    /// Whether the last count failed: trouble is told once, and its end is, too.
    is_down: AtomicBool,
}

impl Redis {
    /// Does not connect yet, so that the shop opens while Redis is away.
    pub(super) fn new(url: &str) -> Result<Self, SettingError> {
        let refused = |_| SettingError::new("SHOP_REDIS_URL", "must be a URL such as `redis://127.0.0.1/`");
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE))
            .set_number_of_retries(1);
        let client = Client::open(url).map_err(refused)?;
        let connection = ConnectionManager::new_lazy_with_config(client, config).map_err(refused)?;
        Ok(Redis { connection, is_down: AtomicBool::new(false) })
    }

    /// How many requests of the user there are, this one included; `None` when Redis cannot be asked.
    pub(super) async fn count(&self, user: i64, window: u64) -> Option<u32> {
        let counted = tokio::time::timeout(PATIENCE, self.increase(user, window)).await;
        let failure = match counted {
            Ok(Ok(count)) => {
                if self.is_down.swap(false, Ordering::Relaxed) {
                    tracing::info!("the rate limiter counts in Redis again");
                }
                return Some(count);
            }
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("no answer within {PATIENCE:?}"),
        };
        if !self.is_down.swap(true, Ordering::Relaxed) {
            tracing::warn!("the rate limiter cannot reach Redis, and lets all requests pass: {failure}");
        }
        None
    }

    /// One round trip. The key ends by itself some time after its minute, so that nobody has to clean up.
    async fn increase(&self, user: i64, window: u64) -> RedisResult<u32> {
        let key = format!("shop:requests:{user}:{window}");
        let mut both = redis::pipe();
        both.atomic().incr(&key, 1).expire(&key, 2 * WINDOW.cast_signed()).ignore();
        let (count,): (u32,) = both.query_async(&mut self.connection.clone()).await?;
        Ok(count)
    }
}
