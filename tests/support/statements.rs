//! Which statements a piece of code sends, told by orm's `tracing` events.

use std::fmt;
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Runs code; gives its value and the texts of the statements that it sent from this thread.
pub async fn statements<T>(code: impl Future<Output = T>) -> (T, Vec<String>) {
    let texts = Texts::default();
    let listening = tracing::subscriber::set_default(texts.clone());
    let value = code.await;
    drop(listening);
    let texts = std::mem::take(&mut *texts.0.lock().expect("no panic while it is held"));
    (value, texts)
}

/// Runs code that is to send so many statements.
pub async fn in_statements<T>(count: usize, code: impl Future<Output = T>) -> T {
    let (value, texts) = statements(code).await;
    assert_eq!(texts.len(), count, "statements: {texts:#?}");
    value
}

#[derive(Clone, Default)]
struct Texts(Arc<Mutex<Vec<String>>>);

impl Subscriber for Texts {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "orm::sql"
    }

    fn new_span(&self, _span: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _span: &Id, _values: &Record<'_>) {}

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut text = Text(String::new());
        event.record(&mut text);
        self.0.lock().expect("no panic while it is held").push(text.0);
    }

    fn enter(&self, _span: &Id) {}

    fn exit(&self, _span: &Id) {}
}

struct Text(String);

impl Visit for Text {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "sql" {
            value.clone_into(&mut self.0);
        }
    }

    fn record_debug(&mut self, _field: &Field, _value: &dyn fmt::Debug) {}
}
