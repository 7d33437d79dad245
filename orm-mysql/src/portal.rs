//! Queries that are read in chunks while the transaction does other things.
//!
//! The protocol gives one result at a time, and the driver has no cursors in the server. So rows are taken off the wire
//! as they are asked for, in constant memory, as long as nothing else is to run; when something is, the rest of the
//! rows is read into memory first.

use std::collections::{HashMap, VecDeque};

use orm_core::backend::{BoxSink, Portal};
use orm_core::compile::{CompiledSql, SqlText};
use orm_core::error::Error;
use orm_core::{Result, backend::RowSink};

use crate::session::Session;
use crate::{MySql, MySqlRow};

/// The open portals of a transaction.
#[derive(Default)]
pub(crate) struct Portals {
    /// The one whose rows are on the wire.
    live: Option<Live>,
    /// Those whose rows are here.
    read: HashMap<u64, VecDeque<MySqlRow>>,
    last: u64,
}

struct Live {
    number: u64,
    sql: SqlText,
    /// Nobody reads it any more.
    unwanted: bool,
}

impl Portals {
    pub(crate) fn is_live(&self) -> bool {
        self.live.is_some()
    }

    /// Forgets them all; says whether one was live.
    pub(crate) fn clear(&mut self) -> bool {
        self.read.clear();
        self.live.take().is_some()
    }
}

impl Session {
    pub(crate) async fn open_portal(&mut self, sql: CompiledSql) -> Result<Portal> {
        let text = sql.sql.clone();
        self.open_cursor(sql).await?;
        self.portals.last += 1;
        let number = self.portals.last;
        self.portals.live = Some(Live { number, sql: text, unwanted: false });
        Ok(Portal(number))
    }

    /// Pushes rows into `sink`; says whether there may be more.
    pub(crate) async fn fetch_portal(
        &mut self,
        portal: Portal,
        sink: &mut BoxSink<MySql>,
        limit: usize,
    ) -> Result<bool> {
        if let Some(live) = self.portals.live.take_if(|live| live.number == portal.0) {
            // Taken out: after an error or an interruption there is nothing to fetch.
            for _ in 0..limit {
                let Some(mut row) = self.next_row(&live.sql).await? else { return Ok(false) };
                if let Err(error) = sink.push(&mut row) {
                    return Err(self.abandon_cursor(error, &live.sql).await);
                }
            }
            self.portals.live = Some(live);
            return Ok(true);
        }
        let Some(rows) = self.portals.read.get_mut(&portal.0) else {
            return Err(Error::InvalidQuery("the cursor has ended".into()));
        };
        let pushed = push(rows, sink, limit);
        if !matches!(pushed, Ok(true)) {
            self.portals.read.remove(&portal.0);
        }
        pushed
    }

    pub(crate) fn close_portal(&mut self, portal: Portal) {
        self.portals.read.remove(&portal.0);
        if let Some(live) = self.portals.live.as_mut().filter(|live| live.number == portal.0) {
            live.unwanted = true;
        }
    }

    /// Makes room on the wire for something else.
    pub(crate) async fn take_in_live(&mut self) -> Result<()> {
        let Some(live) = self.portals.live.take() else { return Ok(()) };
        let mut rows = VecDeque::new();
        while let Some(row) = self.next_row(&live.sql).await? {
            if !live.unwanted {
                rows.push_back(row);
            }
        }
        if !live.unwanted {
            self.portals.read.insert(live.number, rows);
        }
        Ok(())
    }
}

fn push(rows: &mut VecDeque<MySqlRow>, sink: &mut BoxSink<MySql>, limit: usize) -> Result<bool> {
    for mut row in rows.drain(..limit.min(rows.len())) {
        RowSink::push(sink.as_mut(), &mut row)?;
    }
    Ok(!rows.is_empty())
}
