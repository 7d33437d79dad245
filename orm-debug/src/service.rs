//! The service: answers the page's requests itself, and records the others.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body::Body;
use tower_service::Service;

use crate::body::DebugBody;
use crate::exchange::{Exchanges, Running};
use crate::layer::Options;
use crate::page::{self, Asked};

/// What [`DebugLayer`](crate::DebugLayer) makes of a service.
#[derive(Clone)]
pub struct DebugService<S> {
    inner: S,
    options: Options,
    exchanges: Arc<Exchanges>,
}

impl<S> DebugService<S> {
    pub(crate) fn new(inner: S, options: Options, exchanges: Arc<Exchanges>) -> Self {
        DebugService { inner, options, exchanges }
    }
}

type Answering<R, E> = Pin<Box<dyn Future<Output = Result<Response<DebugBody<R>>, E>> + Send>>;

impl<S, B, R> Service<Request<B>> for DebugService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    S::Future: Send + 'static,
    R: Body<Data = Bytes>,
{
    type Response = Response<DebugBody<R>>;
    type Error = S::Error;
    type Future = Answering<R, S::Error>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        if !self.options.is_active() {
            let answer = self.inner.call(request);
            return Box::pin(async move { Ok(answer.await?.map(DebugBody::passed)) });
        }
        if let Some(asked) = Asked::of(&self.options.path, request.method(), request.uri()) {
            let (options, exchanges) = (self.options.clone(), Arc::clone(&self.exchanges));
            return Box::pin(async move {
                Ok(page::answer(asked, &options, &exchanges).await.map(DebugBody::page))
            });
        }
        let is_head = request.method() == Method::HEAD;
        let exchange = self.exchanges.begin(request.method().clone(), request.uri().clone());
        let running = Running::new(exchange);
        let recorder = running.exchange().recorder.clone();
        let answer = recorder.within(|| self.inner.call(request));
        Box::pin(async move {
            let response = recorder.record(answer).await?;
            running.answered(response.status());
            if is_head {
                // Nobody asks for its body.
                running.is_sent();
            }
            Ok(response.map(|body| DebugBody::recorded(body, running)))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use http_body_util::{BodyExt, Full};
    use tower::{ServiceBuilder, ServiceExt, service_fn};

    use super::*;
    use crate::DebugLayer;

    async fn ask(layer: DebugLayer, path: &str) -> Bytes {
        let hello = |_: Request<()>| async { Ok::<_, Infallible>(Response::new(Full::from("hello"))) };
        let service = ServiceBuilder::new().layer(layer).service(service_fn(hello));
        let request = Request::get(path).body(()).expect("a request");
        let response = service.oneshot(request).await.unwrap_or_else(|never| match never {});
        response.into_body().collect().await.unwrap_or_else(|never| match never {}).to_bytes()
    }

    #[tokio::test]
    async fn a_release_build_is_left_alone_unless_it_is_allowed() {
        let page = |answer: Bytes| answer.starts_with(b"<!DOCTYPE html>");
        assert!(page(ask(DebugLayer::new(), "/__orm").await));
        assert!(!page(ask(DebugLayer::new(), "/").await));
        assert_eq!(&ask(DebugLayer::new().in_release(), "/__orm").await[..], b"hello");
        assert!(page(ask(DebugLayer::new().in_release().allow_in_release(), "/__orm").await));
    }
}
