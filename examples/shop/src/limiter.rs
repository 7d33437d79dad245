//! How many requests a user may make within a minute: a counter for each minute, which ends with it.

mod memory;
mod redis;

use std::time::{SystemTime, UNIX_EPOCH};

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use self::memory::Memory;
use self::redis::Redis;
use crate::error::ApiError;
use crate::extract::Caller;
use crate::settings::{SettingError, Settings};
use crate::state::Shop;

/// A minute, in seconds.
const WINDOW: u64 = 60;

/// Counts requests, somewhere.
pub struct Limiter {
    most: u32,
    counter: Counter,
}

/// In memory each process counts by itself, and a restart forgets. In Redis all processes count together.
enum Counter {
    Memory(Memory),
    Redis(Redis),
}

impl Limiter {
    /// What the settings ask for; `None` where there is no limit.
    ///
    /// # Errors
    /// The URL of Redis cannot be understood. Whether the server answers is not asked here.
    pub fn new(settings: &Settings) -> Result<Option<Self>, SettingError> {
        if settings.rate_limit == 0 {
            return Ok(None);
        }
        match &settings.redis_url {
            None => Ok(Some(Limiter::in_memory(settings.rate_limit))),
            Some(url) => Limiter::in_redis(settings.rate_limit, url).map(Some),
        }
    }

    /// One that counts in this process.
    pub fn in_memory(most: u32) -> Self {
        Limiter { most, counter: Counter::Memory(Memory::default()) }
    }

    /// One that counts in Redis.
    ///
    /// # Errors
    /// The URL cannot be understood.
    pub fn in_redis(most: u32, url: &str) -> Result<Self, SettingError> {
        Ok(Limiter { most, counter: Counter::Redis(Redis::new(url)?) })
    }

    /// Where it counts.
    pub fn kind(&self) -> &'static str {
        match self.counter {
            Counter::Memory(_) => "memory",
            Counter::Redis(_) => "redis",
        }
    }

    /// Counts a request.
    ///
    /// # Errors
    /// There were too many.
    pub async fn admit(&self, user: i64) -> Result<(), ApiError> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        self.admit_at(user, now).await
    }

    async fn admit_at(&self, user: i64, now: u64) -> Result<(), ApiError> {
        let window = now / WINDOW;
        let count = match &self.counter {
            Counter::Memory(memory) => Some(memory.count(user, window)),
            Counter::Redis(redis) => redis.count(user, window).await,
        };
        match count {
            Some(count) if count > self.most => {
                Err(ApiError::TooMany { retry_after: (window + 1) * WINDOW - now })
            }
            // A limiter that cannot count keeps nobody out: it is there to protect the shop, not to close it.
            Some(_) | None => Ok(()),
        }
    }
}

/// Asks the limiter before a request is looked at. Requests that name no user are the business of the gateway.
///
/// # Errors
/// The user has asked too often.
pub async fn limit(State(shop): State<Shop>, request: Request, next: Next) -> Result<Response, ApiError> {
    if let (Some(limiter), Some(Caller(user))) = (&shop.limiter, Caller::of(request.headers())) {
        limiter.admit(user).await?;
    }
    Ok(next.run(request).await)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "current_thread")]
    async fn each_user_has_so_many_requests_in_each_minute() {
        let limiter = Limiter::in_memory(3);
        for second in [60, 61, 62] {
            limiter.admit_at(7, second).await.expect("three are allowed");
        }
        let refused = limiter.admit_at(7, 75).await;
        assert!(matches!(refused, Err(ApiError::TooMany { retry_after: 45 })), "{refused:?}");
        limiter.admit_at(8, 75).await.expect("somebody else");
        limiter.admit_at(7, 120).await.expect("the next minute");
    }
}
