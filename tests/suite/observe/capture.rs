//! A subscriber that keeps what it is told, on the thread of the test.

use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::sync::{Arc, Mutex, Once, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{DefaultGuard, Interest};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, Registry};

/// Keeps spans and events of `orm` for as long as it lives.
pub struct Capture {
    kept: Arc<Mutex<Kept>>,
    _guard: DefaultGuard,
}

#[derive(Default)]
struct Kept {
    /// With the span's number, until it is closed.
    spans: Vec<(Option<u64>, Seen)>,
    events: Vec<Seen>,
}

/// A span or an event.
#[derive(Clone, Debug)]
pub struct Seen {
    pub target: String,
    pub name: String,
    pub level: Level,
    /// The names of the spans around it, the innermost first.
    pub within: Vec<String>,
    fields: BTreeMap<String, String>,
}

impl Seen {
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }

    pub fn message(&self) -> &str {
        self.field("message").unwrap_or_default()
    }
}

impl Capture {
    pub fn start() -> Self {
        static UNDECIDED: Once = Once::new();
        UNDECIDED.call_once(|| tracing::subscriber::set_global_default(Undecided).expect("nobody else's"));
        let kept = Arc::<Mutex<Kept>>::default();
        let subscriber = Registry::default().with(Keeping(Arc::clone(&kept)));
        Capture { kept, _guard: tracing::subscriber::set_default(subscriber) }
    }

    pub fn clear(&self) {
        *self.lock() = Kept::default();
    }

    pub fn spans(&self, name: &str) -> Vec<Seen> {
        self.lock().spans.iter().map(|(_, seen)| seen).filter(|seen| seen.name == name).cloned().collect()
    }

    pub fn events(&self, target: &str) -> Vec<Seen> {
        self.lock().events.iter().filter(|seen| seen.target == target).cloned().collect()
    }

    /// Everything.
    pub fn text(&self) -> String {
        let kept = self.lock();
        let spans = kept.spans.iter().map(|(_, seen)| seen);
        spans.chain(&kept.events).fold(String::new(), |mut text, seen| {
            let _ = writeln!(text, "{seen:?}");
            text
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// For the threads of other tests. Where there is one subscriber in a process, `tracing` asks it about a place in the code
/// on the thread that comes there first; from one without a subscriber it hears that nobody is interested, and remembers
/// that for all threads.
struct Undecided;

impl Subscriber for Undecided {
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }

    fn enabled(&self, _: &Metadata<'_>) -> bool {
        false
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Keeping(Arc<Mutex<Kept>>);

impl Keeping {
    fn with(&self, change: impl FnOnce(&mut Kept)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl<S: Subscriber + for<'l> LookupSpan<'l>> Layer<S> for Keeping {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let metadata = attributes.metadata();
        if !metadata.target().starts_with("orm") {
            return;
        }
        let around = context.span(id).and_then(|span| span.parent());
        let within = around.into_iter().flat_map(|parent| parent.scope()).map(|span| span.name().into());
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let seen = Seen {
            target: metadata.target().into(),
            name: metadata.name().into(),
            level: *metadata.level(),
            within: within.collect(),
            fields: fields.0,
        };
        self.with(|kept| kept.spans.push((Some(id.into_u64()), seen)));
    }

    fn on_record(&self, id: &Id, record: &Record<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        record.record(&mut fields);
        self.with(|kept| {
            let open = kept.spans.iter_mut().find(|(open, _)| *open == Some(id.into_u64()));
            if let Some((_, seen)) = open {
                seen.fields.extend(fields.0);
            }
        });
    }

    fn on_close(&self, id: Id, _: Context<'_, S>) {
        self.with(|kept| {
            for (open, _) in kept.spans.iter_mut().filter(|(open, _)| *open == Some(id.into_u64())) {
                *open = None;
            }
        });
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let metadata = event.metadata();
        if !metadata.target().starts_with("orm") {
            return;
        }
        let mut fields = Fields::default();
        event.record(&mut fields);
        let around = context.event_scope(event).into_iter().flatten();
        let seen = Seen {
            target: metadata.target().into(),
            name: metadata.name().into(),
            level: *metadata.level(),
            within: around.map(|span| span.name().into()).collect(),
            fields: fields.0,
        };
        self.with(|kept| kept.events.push(seen));
    }
}

#[derive(Default)]
struct Fields(BTreeMap<String, String>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name().into(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().into(), value.into());
    }
}
