//! A way to a server that can be disturbed. It knows where the messages of both protocols begin and end, so that what is
//! disturbed is one message or its answer and nothing else.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use orm::Dialect;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep, sleep_until, timeout};

/// What is done to a message of the client's, or to its answer.
#[derive(Clone, Copy, Debug)]
pub enum Disturb {
    /// The message arrives so much later, each time.
    Late(Duration),
    /// The answer comes so much later.
    Delay(Duration),
    /// The connection stays, and no answer comes any more.
    Withhold,
    /// The connection ends, and the message does not arrive.
    CutBefore,
    /// The message arrives and is carried out; then the connection ends without an answer.
    CutAfter,
    /// The connection ends after so many bytes of the answer.
    CutWithin(usize),
}

/// The bytes of PostgreSQL's request to cancel a statement.
pub const CANCEL: &[u8] = &[0x04, 0xd2, 0x16, 0x2e];

/// A way to a server. It ends with the runtime of its test.
pub struct Proxy {
    port: u16,
    plan: Arc<Plan>,
}

#[derive(Default)]
struct Plan {
    trigger: Mutex<Vec<u8>>,
    disturb: Mutex<Option<Disturb>>,
    /// Messages so far that have met the trigger.
    met: AtomicUsize,
    /// Nothing goes either way, on any connection, and is lost.
    silent: AtomicBool,
    /// Nothing goes either way, on any connection, and is kept.
    frozen: watch::Sender<bool>,
    /// The server's bytes go so many at a time, if not 0.
    slice: AtomicUsize,
    /// New connections end after so many bytes from the server, if not 0.
    limit: AtomicUsize,
    /// PostgreSQL's exchanges that are not answered yet, and the most that there were.
    unanswered: AtomicUsize,
    most_unanswered: AtomicUsize,
}

impl Proxy {
    /// A way to the server of a URL, and the URL of the way. Without TLS, so that messages can be told.
    pub async fn to(dialect: Dialect, url: &str) -> (Proxy, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("a bound port").port();
        let plan = Arc::<Plan>::default();
        let (scheme, rest) = url.split_once("://").expect("a URL");
        let (user, rest) = rest.split_once('@').expect("a user");
        let (server, rest) = rest.split_once('/').expect("a database");
        let (server, shared) = (server.to_owned(), Arc::clone(&plan));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let Ok(server) = TcpStream::connect(&server).await else { continue };
                client.set_nodelay(true).ok();
                server.set_nodelay(true).ok();
                tokio::spawn(carry(client, server, Messages::new(dialect), Arc::clone(&shared)));
            }
        });
        (Proxy { port, plan }, format!("{scheme}://{user}@127.0.0.1:{port}/{rest}"))
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Disturbs the next message that contains these bytes.
    pub fn disturb(&self, trigger: impl AsRef<[u8]>, disturb: Disturb) {
        trigger.as_ref().clone_into(&mut self.plan.trigger.lock().expect("no panic"));
        *self.plan.disturb.lock().expect("no panic") = Some(disturb);
        self.plan.met.store(0, Ordering::SeqCst);
    }

    /// How many messages have contained the bytes of the last [`Proxy::disturb`].
    pub fn met(&self) -> usize {
        self.plan.met.load(Ordering::SeqCst)
    }

    /// The most of PostgreSQL's exchanges that were under way at a time since this was last asked.
    pub fn most_unanswered(&self) -> usize {
        self.plan.most_unanswered.swap(0, Ordering::SeqCst)
    }

    /// Loses everything, as a network does that leads nowhere; or lets it through.
    pub fn set_silent(&self, silent: bool) {
        self.plan.silent.store(silent, Ordering::SeqCst);
    }

    /// Keeps everything back, as a server does that is stopped; or lets it through.
    pub fn set_frozen(&self, frozen: bool) {
        self.plan.frozen.send_replace(frozen);
    }

    /// Passes the server's bytes on so many at a time; 0 for as they come.
    pub fn slice(&self, bytes: usize) {
        self.plan.slice.store(bytes, Ordering::SeqCst);
    }

    /// Ends new connections after so many bytes from the server; 0 for never.
    pub fn limit(&self, bytes: usize) {
        self.plan.limit.store(bytes, Ordering::SeqCst);
    }
}

impl Plan {
    fn exchange_begins(&self) {
        let unanswered = self.unanswered.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_unanswered.fetch_max(unanswered, Ordering::SeqCst);
    }

    async fn thaws(&self) {
        // It is there as long as this is.
        self.frozen.subscribe().wait_for(|frozen| !frozen).await.ok();
    }

    /// What is to be done about a message.
    fn meets(&self, message: &[u8]) -> Option<Disturb> {
        let trigger = self.trigger.lock().expect("no panic");
        if trigger.is_empty() || !message.windows(trigger.len()).any(|part| part == trigger.as_slice()) {
            return None;
        }
        self.met.fetch_add(1, Ordering::SeqCst);
        let mut disturb = self.disturb.lock().expect("no panic");
        match *disturb {
            Some(Disturb::Late(_)) => *disturb,
            _ => disturb.take(),
        }
    }
}

/// How the server's bytes go on.
#[derive(Clone, Copy)]
enum Flow {
    Pass,
    PassFrom(Instant),
    PassMost(usize),
    Hold,
}

async fn carry(client: TcpStream, server: TcpStream, mut messages: Messages, plan: Arc<Plan>) {
    let (mut from_client, to_client) = client.into_split();
    let (from_server, mut to_server) = server.into_split();
    let limit = plan.limit.load(Ordering::SeqCst);
    let (flow, flows) = watch::channel(if limit == 0 { Flow::Pass } else { Flow::PassMost(limit) });
    let answered = Arc::new(Notify::new());
    let answers = carry_back(from_server, to_client, flows, Arc::clone(&answered), Arc::clone(&plan));
    let mut answers = tokio::spawn(answers);
    let forth = async {
        let mut buffer = vec![0; 65_536];
        while let Ok(read @ 1..) = from_client.read(&mut buffer).await {
            messages.received.extend_from_slice(&buffer[..read]);
            plan.thaws().await;
            while let Some(message) = messages.next() {
                if plan.silent.load(Ordering::SeqCst) {
                    continue;
                }
                if messages.is_sync(&message) {
                    plan.exchange_begins();
                }
                let disturb = plan.meets(&message);
                match disturb {
                    None => {}
                    Some(Disturb::Late(time)) => sleep(time).await,
                    Some(Disturb::Delay(time)) => drop(flow.send(Flow::PassFrom(Instant::now() + time))),
                    Some(Disturb::Withhold | Disturb::CutAfter) => drop(flow.send(Flow::Hold)),
                    Some(Disturb::CutWithin(bytes)) => drop(flow.send(Flow::PassMost(bytes))),
                    Some(Disturb::CutBefore) => return,
                }
                if to_server.write_all(&message).await.is_err() {
                    return;
                }
                if let Some(Disturb::CutAfter) = disturb {
                    timeout(Duration::from_secs(5), answered.notified()).await.ok();
                    return;
                }
            }
        }
    };
    tokio::select! {
        () = forth => answers.abort(),
        _ = &mut answers => {}
    }
}

async fn carry_back(
    mut from_server: OwnedReadHalf,
    mut to_client: OwnedWriteHalf,
    mut flows: watch::Receiver<Flow>,
    answered: Arc<Notify>,
    plan: Arc<Plan>,
) {
    let mut buffer = vec![0; 65_536];
    let mut left = usize::MAX;
    while let Ok(read @ 1..) = from_server.read(&mut buffer).await {
        // ReadyForQuery, whose length never changes.
        let answers = buffer[..read].windows(5).filter(|part| part == b"Z\0\0\0\x05").count();
        plan.unanswered.fetch_sub(answers.min(plan.unanswered.load(Ordering::SeqCst)), Ordering::SeqCst);
        plan.thaws().await;
        if plan.silent.load(Ordering::SeqCst) {
            continue;
        }
        if flows.has_changed().unwrap_or(false) || left == usize::MAX {
            let next = *flows.borrow_and_update();
            match next {
                Flow::Pass => {}
                Flow::PassFrom(time) => sleep_until(time).await,
                Flow::PassMost(bytes) => left = bytes,
                // The connection stays.
                Flow::Hold => {
                    answered.notify_one();
                    continue;
                }
            }
        }
        let slice = match plan.slice.load(Ordering::SeqCst) {
            0 => read,
            slice => slice,
        };
        for part in buffer[..read.min(left)].chunks(slice) {
            if to_client.write_all(part).await.is_err() {
                return;
            }
            if slice < read {
                tokio::task::yield_now().await;
            }
        }
        if left != usize::MAX {
            left -= read.min(left);
            if left == 0 {
                return;
            }
        }
    }
}

/// Cuts what a client sends into messages.
struct Messages {
    received: Vec<u8>,
    mysql: bool,
    /// PostgreSQL's first messages have no type.
    started: bool,
}

impl Messages {
    fn new(dialect: Dialect) -> Self {
        let mysql = match dialect {
            Dialect::MySql | Dialect::MariaDb => true,
            Dialect::Postgres | Dialect::Sqlite => false,
        };
        Messages { received: Vec::new(), mysql, started: false }
    }

    /// PostgreSQL's end of an exchange.
    fn is_sync(&self, message: &[u8]) -> bool {
        !self.mysql && message == b"S\0\0\0\x04"
    }

    fn next(&mut self) -> Option<Vec<u8>> {
        let len = if self.mysql {
            let &[a, b, c, _] = self.received.first_chunk()?;
            4 + u32::from_le_bytes([a, b, c, 0])
        } else if self.started {
            let &[_, a, b, c, d] = self.received.first_chunk()?;
            1 + u32::from_be_bytes([a, b, c, d])
        } else {
            u32::from_be_bytes(*self.received.first_chunk()?)
        };
        let len = usize::try_from(len).expect("a length");
        if self.received.len() < len {
            return None;
        }
        let rest = self.received.split_off(len);
        let message = std::mem::replace(&mut self.received, rest);
        // Version 3 of the protocol; anything else asks for something before it begins.
        self.started |= !self.mysql && message.get(4..6) == Some(&[0, 3]);
        Some(message)
    }
}
