//! A sink for rows of any driver, inside the sink that one driver takes.

use std::any::Any;

use orm_core::backend::{Backend, BoxSink, RowSink};
use orm_core::error::{Error, Result};
use orm_core::value::Row;

use super::{AnyBackend, AnyRow};

struct Wrapped(BoxSink<AnyBackend>);

impl<B: Backend> RowSink<B> for Wrapped
where
    for<'r> B::Row<'r>: Row,
{
    fn push(&mut self, row: &mut B::Row<'_>) -> Result<()> {
        self.0.push(&mut AnyRow(row))
    }

    fn rewind(&mut self) -> bool {
        self.0.rewind()
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}

/// The sink as one that driver `B` takes.
pub(super) fn wrap<B: Backend>(sink: BoxSink<AnyBackend>) -> BoxSink<B> {
    Box::new(Wrapped(sink))
}

/// The sink that [`wrap`] was given.
pub(super) fn unwrap<B: Backend>(sink: BoxSink<B>) -> Result<BoxSink<AnyBackend>> {
    match sink.into_any().downcast::<Wrapped>() {
        Ok(wrapped) => Ok(wrapped.0),
        Err(_) => Err(Error::InvalidQuery("the driver gave back another sink than it was given".into())),
    }
}
