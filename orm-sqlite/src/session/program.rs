//! Whether a statement that writes is sure to be short, read off the program that SQLite has made of it.
//!
//! The text does not tell: triggers and what foreign keys do elsewhere are the database's. The program has it all, because
//! SQLite compiles into it what a statement may set off. It is short when it comes to its end without going back, and does
//! nothing on its way but single steps on one row.

use rusqlite::{Connection, OptionalExtension, Result};

/// One instruction, as EXPLAIN tells it.
pub(super) struct Instruction {
    opcode: String,
    p1: i64,
    p2: i64,
    p3: i64,
    p4: String,
}

/// The program of a statement.
pub(super) fn program(connection: &Connection, sql: &str) -> Result<Vec<Instruction>> {
    let mut statement = connection.prepare(&format!("EXPLAIN {sql}"))?;
    let mut rows = statement.raw_query();
    let mut program = Vec::new();
    while let Some(row) = rows.next()? {
        // It is a text only where it names something.
        let p4 = row.get::<_, String>(5).unwrap_or_default();
        let (opcode, p1, p2, p3) = (row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?);
        program.push(Instruction { opcode, p1, p2, p3, p4 });
    }
    Ok(program)
}

/// The first page of the table of keys that were given, where there is one.
pub(super) fn sequence(connection: &Connection) -> Result<Option<i64>> {
    const SQL: &str = "SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_sequence'";
    connection.prepare_cached(SQL)?.query_row([], |row| row.get(0)).optional()
}

/// What an instruction is to this judgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A step on a row or on registers that is as long as the row.
    Step,
    /// A step that may stand in a loop, too: it only reads, or compares.
    Glance,
    /// Goes on at `p2` or behind itself; may stand in a loop.
    Branch,
    /// The same, and searches a table.
    Search,
    /// Ends it, with what `p2` tells when that is an error.
    End,
    /// Opens a table of the database that `p3` tells.
    Open,
    /// Opens a table of its own, which is empty.
    OpenOwn,
    /// Goes back to `p2` while a table has rows.
    Next,
    /// Calls the function that `p4` names.
    Call,
    /// Takes a lock on the database that `p1` tells.
    Transaction,
}

/// `None` for all that is unknown, or can be long: a trigger's program, emptying a table, a virtual table, a subroutine.
fn kind(opcode: &str) -> Option<Kind> {
    Some(match opcode {
        "Noop" | "Explain" | "Null" | "SoftNull" | "Integer" | "Int64" | "Real" | "String" | "String8"
        | "Blob" | "Variable" | "Copy" | "SCopy" | "IntCopy" | "Column" | "Rowid" | "AddImm" | "Affinity"
        | "RealAffinity" | "CollSeq" | "ResultRow" | "FkCounter" => Kind::Glance,
        "Add" | "Subtract" | "Multiply" | "Divide" | "Remainder" | "Concat" | "BitAnd" | "BitOr"
        | "BitNot" | "ShiftLeft" | "ShiftRight" | "And" | "Or" | "Not" | "IsTrue" | "ZeroOrNull" | "Cast"
        | "TypeCheck" | "MemMax" | "MakeRecord" | "NewRowid" | "IdxRowid" | "DeferredSeek" | "FinishSeek"
        | "NullRow" | "Insert" | "Delete" | "IdxInsert" | "IdxDelete" | "FkCheck" | "Close"
        | "ReleaseReg" => Kind::Step,
        "Halt" | "HaltIfNull" => Kind::End,
        "Goto" | "If" | "IfNot" | "IsNull" | "NotNull" | "Eq" | "Ne" | "Lt" | "Le" | "Gt" | "Ge"
        | "ElseEq" | "MustBeInt" | "Once" | "IfNullRow" | "FkIfZero" => Kind::Branch,
        "SeekRowid" | "NotExists" | "NoConflict" | "NotFound" | "Found" | "SeekGE" | "SeekGT" | "SeekLE"
        | "SeekLT" | "IdxGE" | "IdxGT" | "IdxLE" | "IdxLT" | "Rewind" => Kind::Search,
        "OpenRead" | "OpenWrite" => Kind::Open,
        "OpenEphemeral" => Kind::OpenOwn,
        "Next" => Kind::Next,
        "Function" | "PureFunc" => Kind::Call,
        "Transaction" => Kind::Transaction,
        _ => return None,
    })
}

/// An error that rolls back the whole transaction, however much it has done.
const ROLLS_BACK: i64 = 1;

/// Functions that take no longer than it takes to read what they are given.
const SHORT_FUNCTIONS: [&str; 8] =
    ["orm_dec_", "orm_f32(", "orm_abs(", "orm_length(", "abs(", "length(", "typeof(", "json_valid("];

/// A program that is short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Short {
    /// To how many tables and indexes it writes.
    pub(super) writes: u32,
    /// It also looks for rows that refer to the new one while no such row was there. That is short as long as the transaction
    /// has not written many.
    pub(super) reunites: bool,
}

/// What a program writes to, if it is sure to be short. `sequence` is the root page of `sqlite_sequence`, which has a row for
/// each table that counts its keys, and is searched from its beginning.
pub(super) fn short(program: &[Instruction], sequence: Option<i64>) -> Option<Short> {
    let (first, _) = program.split_first()?;
    // It begins with what is done once, at its end, and jumps back from there to the instruction behind the first.
    let begins = address(first.p2).filter(|begins| first.opcode == "Init" && *begins < program.len())?;
    let order = || (begins..program.len()).chain(1..begins);
    // The place of an address in this order.
    let place = |address: usize| {
        if address >= begins { address - begins } else { address.saturating_add(program.len() - begins) }
    };
    let mut short = Short { writes: 0, reunites: false };
    for at in order() {
        let step = program.get(at)?;
        let goes_on = match kind(&step.opcode)? {
            Kind::Glance | Kind::Step | Kind::OpenOwn => true,
            Kind::End => step.p2 != ROLLS_BACK,
            Kind::Branch | Kind::Search => match address(step.p2) {
                // No jump: what is not found there is an error.
                Some(0) => matches!(step.opcode.as_str(), "SeekRowid" | "NotExists" | "MustBeInt"),
                to => to.is_some_and(|to| to < program.len() && place(to) > place(at)),
            },
            Kind::Open => {
                short.writes = short.writes.saturating_add(u32::from(step.opcode == "OpenWrite"));
                step.p3 == 0
            }
            Kind::Next => {
                let before = order().take_while(|before| *before != at).filter_map(|at| program.get(at));
                let to = address(step.p2).filter(|to| if at < begins { *to > 0 } else { *to >= begins })?;
                let has_few_rows = has_few_rows(before, step.p1, sequence);
                short.reunites |= !has_few_rows;
                has_few_rows && program.get(to..at)?.iter().all(|step| may_be_repeated(&step.opcode))
                    || is_of_violations(program, to, at)
            }
            Kind::Call => SHORT_FUNCTIONS.iter().any(|name| step.p4.starts_with(name)),
            Kind::Transaction => step.p1 == 0,
        };
        if !goes_on {
            return None;
        }
    }
    Some(short)
}

/// A loop's steps: none of them is long, or begins another loop.
fn may_be_repeated(opcode: &str) -> bool {
    matches!(kind(opcode), Some(Kind::Glance | Kind::Branch))
}

/// Whether a table that was opened before has no more rows than the program has put there, or is the short one of the keys.
fn has_few_rows<'p>(
    before: impl Iterator<Item = &'p Instruction>,
    cursor: i64,
    sequence: Option<i64>,
) -> bool {
    let mut opened = before
        .filter(|step| matches!(kind(&step.opcode), Some(Kind::Open | Kind::OpenOwn)) && step.p1 == cursor)
        .map(|step| kind(&step.opcode) == Some(Kind::OpenOwn) || Some(step.p2) == sequence)
        .peekable();
    opened.peek().is_some() && opened.all(|few| few)
}

/// Whether a loop is about the rows that refer to a new one, by an index, and only entered while a row refers to nothing. All rows
/// that do were written in the open transaction.
fn is_of_violations(program: &[Instruction], to: usize, next: usize) -> bool {
    let target = |step: &Instruction| match kind(&step.opcode) {
        Some(Kind::Branch | Kind::Search | Kind::Next) => address(step.p2),
        _ => None,
    };
    let Some(([bound, body @ ..], [before @ .., _])) = program.get(to..next).zip(program.get(..=next)) else {
        return false;
    };
    let cursor = program.get(next).map(|step| step.p1);
    let guard =
        before.iter().take(to).rposition(|step| step.opcode == "FkIfZero" && target(step) > Some(next));
    let Some(guard) = guard else { return false };
    let is_guarded = program.iter().enumerate().all(|(from, step)| {
        (guard..=next).contains(&from) || target(step).is_none_or(|to| to <= guard || to > next)
    });
    let is_bound = matches!(bound.opcode.as_str(), "IdxGT" | "IdxGE")
        && Some(bound.p1) == cursor
        && target(bound) > Some(next);
    is_guarded
        && is_bound
        && body.iter().all(|step| may_be_repeated(&step.opcode) || step.opcode == "DeferredSeek")
}

fn address(operand: i64) -> Option<usize> {
    usize::try_from(operand).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMA: &str = "
        CREATE TABLE parent (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE child (
            id INTEGER PRIMARY KEY AUTOINCREMENT, active INTEGER NOT NULL CHECK (active IN (0, 1)),
            stock INTEGER NOT NULL CHECK (stock BETWEEN -9 AND 9), price TEXT COLLATE ORM_DECIMAL NOT NULL,
            note TEXT CHECK (length(note) < 100), parent INTEGER NOT NULL REFERENCES parent (id),
            other INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED, UNIQUE (parent, stock)) STRICT;
        CREATE INDEX by_other ON child (other);
        CREATE INDEX partly ON child (price) WHERE active;
        CREATE TABLE pair (a INTEGER, b INTEGER, n INTEGER NOT NULL, PRIMARY KEY (a, b)) STRICT;
        CREATE TABLE sole (a TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE lone (a INTEGER PRIMARY KEY, n INTEGER);
        CREATE TABLE owner (id INTEGER PRIMARY KEY, n INTEGER);
        CREATE TABLE owned (owner INTEGER REFERENCES owner (id) ON DELETE CASCADE);
        CREATE INDEX owned_by ON owned (owner);
        CREATE TABLE mother (id INTEGER PRIMARY KEY);
        CREATE TABLE orphan (mother INTEGER REFERENCES mother (id) DEFERRABLE INITIALLY DEFERRED);
        CREATE TABLE watched (id INTEGER PRIMARY KEY, n INTEGER);
        CREATE TRIGGER watch AFTER UPDATE OF n ON watched BEGIN DELETE FROM lone; END;
        CREATE TABLE seen (id INTEGER PRIMARY KEY);
        CREATE VIEW view AS SELECT id FROM seen;
        CREATE TRIGGER see INSTEAD OF INSERT ON view BEGIN INSERT INTO seen VALUES (new.id); END;
        CREATE VIRTUAL TABLE texts USING fts5 (text);
        ATTACH ':memory:' AS aside;
        CREATE TABLE aside.far (a INTEGER PRIMARY KEY);";

    fn database() -> Connection {
        let connection = Connection::open_in_memory().expect("a database");
        crate::functions::register(&connection).expect("functions");
        connection.execute_batch(SCHEMA).expect("a schema");
        connection
    }

    fn judge(connection: &Connection, sql: &str) -> Option<Short> {
        let program = program(connection, sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
        short(&program, sequence(connection).expect("a page"))
    }

    #[test]
    fn writes_of_one_row_are_short() {
        let connection = database();
        for (sql, writes) in [
            ("INSERT INTO lone (n) VALUES (?1)", 1),
            ("INSERT INTO lone (n) VALUES (?1) RETURNING a, n", 1),
            ("INSERT INTO parent (name) VALUES (?1) RETURNING id", 3),
            (
                "INSERT INTO child (active, stock, price, note, parent) VALUES (?1, ?2, ?3, ?4, ?5) RETURNING id",
                5,
            ),
            (
                "INSERT INTO pair (a, b, n) VALUES (?1, ?2, ?3) ON CONFLICT (a, b) DO UPDATE SET n = excluded.n",
                2,
            ),
            ("INSERT INTO pair (a, b, n) VALUES (?1, ?2, ?3) ON CONFLICT (a, b) DO NOTHING", 2),
            ("INSERT INTO sole (a, n) VALUES (?1, ?2) RETURNING n", 1),
            ("UPDATE lone AS a1 SET n = a1.n + 1 WHERE a1.a = ?1", 1),
            ("UPDATE child SET stock = stock + ?1, active = ?2 WHERE id = ?3 RETURNING id, stock", 3),
            (
                "UPDATE child SET price = orm_dec_fit(orm_dec_add(price, ?1), 9, 2) WHERE id = ?2 AND stock > ?3",
                2,
            ),
            ("UPDATE child SET parent = ?1 WHERE id = ?2", 2),
            ("UPDATE pair SET n = CASE WHEN n > ?1 THEN n - ?1 ELSE 0 END WHERE a = ?2 AND b = ?3", 2),
            ("UPDATE sole SET n = n + 1 WHERE a = ?1", 1),
            ("UPDATE owner SET n = ?1 WHERE id = ?2", 1),
            ("UPDATE watched SET id = ?1 WHERE id = ?2", 1),
            ("DELETE FROM child WHERE id = ?1", 4),
            ("DELETE FROM pair WHERE a = ?1 AND b = ?2 RETURNING n", 2),
            ("DELETE FROM sole WHERE a = ?1", 1),
        ] {
            let expected = Short { writes, reunites: sql.starts_with("INSERT INTO parent") };
            assert_eq!(judge(&connection, sql), Some(expected), "{sql}");
        }
    }

    #[test]
    fn what_can_be_long_is_not() {
        let connection = database();
        for sql in [
            "DELETE FROM lone",
            "DELETE FROM lone WHERE n = ?1",
            "DELETE FROM lone WHERE a > ?1",
            "DELETE FROM lone WHERE a IN (SELECT a FROM pair)",
            "UPDATE lone SET n = n + 1",
            "UPDATE child SET stock = 1 WHERE parent = ?1",
            "UPDATE lone SET n = (SELECT count(*) FROM pair) WHERE a = ?1",
            "INSERT INTO lone (n) SELECT n FROM lone",
            "INSERT INTO lone (n) VALUES (?1), (?2)",
            // Triggers, and what foreign keys do elsewhere.
            "UPDATE watched SET n = ?1 WHERE id = ?2",
            "INSERT INTO view VALUES (?1)",
            "DELETE FROM owner WHERE id = ?1",
            "DELETE FROM parent WHERE id = ?1",
            // Without an index it looks at all rows for one that referred to nothing before.
            "INSERT INTO mother (id) VALUES (?1)",
            // Functions, tables and errors that take their time.
            "INSERT INTO lone (n) VALUES (zeroblob(?1))",
            "UPDATE child SET note = orm_repeat(note, ?1) WHERE id = ?2",
            "INSERT INTO texts (text) VALUES (?1)",
            "INSERT INTO far (a) VALUES (?1)",
            "INSERT OR ROLLBACK INTO lone (a) VALUES (?1)",
        ] {
            assert_eq!(judge(&connection, sql), None, "{sql}");
        }
        assert!(judge(&connection, "INSERT INTO lone (n) VALUES (?1)").is_some());
        connection
            .execute_batch("CREATE TEMP TRIGGER late AFTER INSERT ON lone BEGIN DELETE FROM pair; END")
            .expect("a trigger");
        assert_eq!(judge(&connection, "INSERT INTO lone (n) VALUES (?1)"), None);
    }

    fn short_of(writes: u32) -> Short {
        Short { writes, reunites: false }
    }

    fn instruction(opcode: &str, [p1, p2, p3]: [i64; 3]) -> Instruction {
        Instruction { opcode: opcode.to_owned(), p1, p2, p3, p4: String::new() }
    }

    #[test]
    fn a_program_that_goes_back_is_not_short() {
        let ends = || [instruction("Transaction", [0, 1, 0]), instruction("Goto", [0, 1, 0])];
        let judge = |main: Vec<Instruction>| {
            let begins = i64::try_from(main.len() + 1).expect("a small number");
            let program = [instruction("Init", [0, begins, 0])].into_iter().chain(main).chain(ends());
            short(&program.collect::<Vec<_>>(), Some(5))
        };
        let open = |page| instruction("OpenRead", [0, page, 0]);
        let halt = || instruction("Halt", [0, 0, 0]);
        assert_eq!(judge(vec![open(7), instruction("SeekRowid", [0, 3, 1]), halt()]), Some(short_of(0)));
        for (opcode, to) in
            [("SeekRowid", 2), ("SeekRowid", 1), ("Goto", 0), ("Goto", 4), ("IfNot", -1), ("Goto", 99)]
        {
            assert_eq!(judge(vec![open(7), instruction(opcode, [0, to, 1]), halt()]), None, "{opcode} {to}");
        }
        let looped = |page, body| {
            judge(vec![open(page), instruction(body, [0, 3, 1]), instruction("Next", [0, 2, 0]), halt()])
        };
        // The table of keys has few rows, another may have many; and nothing long may be repeated.
        assert_eq!(looped(5, "Column"), Some(short_of(0)));
        assert_eq!(looped(7, "Column"), None);
        assert_eq!(looped(5, "Insert"), None);
        assert_eq!(
            judge(vec![instruction("Column", [0, 0, 1]), instruction("Next", [0, 1, 0]), halt()]),
            None
        );
        let reopened =
            vec![open(5), open(7), instruction("Column", [0, 0, 1]), instruction("Next", [0, 3, 0]), halt()];
        assert_eq!(judge(reopened), None);
        assert_eq!(judge(vec![instruction("Program", [0, 0, 0]), halt()]), None);
        assert_eq!(judge(vec![instruction("Halt", [2067, 1, 0])]), None);
        assert_eq!(judge(vec![instruction("OpenWrite", [0, 2, 1]), halt()]), None);
        assert_eq!(short(&[], None), None);
    }
}
