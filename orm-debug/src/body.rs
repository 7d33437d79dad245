//! The response's body: a page, or that of the service with what it runs recorded until its end.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::Full;
use pin_project_lite::pin_project;

use crate::exchange::Running;

pin_project! {
    /// A body of the service behind the layer, or one of the layer's own pages.
    pub struct DebugBody<R> {
        #[pin]
        kind: Kind<R>,
    }
}

pin_project! {
    #[project = KindProjection]
    enum Kind<R> {
        Page { #[pin] page: Full<Bytes> },
        Passed { #[pin] body: R },
        Recorded { #[pin] body: R, running: Running },
    }
}

impl<R: Body> DebugBody<R> {
    pub(crate) fn page(page: String) -> Self {
        DebugBody { kind: Kind::Page { page: Full::new(page.into()) } }
    }

    pub(crate) fn passed(body: R) -> Self {
        DebugBody { kind: Kind::Passed { body } }
    }

    /// A body whose end is the request's.
    pub(crate) fn recorded(body: R, running: Running) -> Self {
        if body.is_end_stream() {
            running.is_sent();
        }
        DebugBody { kind: Kind::Recorded { body, running } }
    }
}

impl<R: Body<Data = Bytes>> Body for DebugBody<R> {
    type Data = Bytes;
    type Error = R::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, R::Error>>> {
        match self.project().kind.project() {
            KindProjection::Page { page } => page.poll_frame(context).map_err(|never| match never {}),
            KindProjection::Passed { body } => body.poll_frame(context),
            KindProjection::Recorded { mut body, running } => {
                let polled = running.exchange().recorder.within(|| body.as_mut().poll_frame(context));
                let is_over =
                    matches!(polled, Poll::Ready(None)) || (polled.is_ready() && body.is_end_stream());
                if is_over {
                    running.is_sent();
                }
                polled
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.kind {
            Kind::Page { page } => page.is_end_stream(),
            Kind::Passed { body } | Kind::Recorded { body, .. } => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.kind {
            Kind::Page { page } => page.size_hint(),
            Kind::Passed { body } | Kind::Recorded { body, .. } => body.size_hint(),
        }
    }
}
