//! Databases of tests on a server: their names, and what makes, marks, finds and drops them.

use super::dialect::Dialect;
use crate::error::{Error, Result};

/// How the names of tests' databases begin.
const PREFIX: &str = "orm_test_";

/// What a server that holds databases of tests has to be told. Names are letters, digits and `_` of our own.
pub(crate) trait TestServer: Send + Sync {
    /// Makes a database, as a copy of another where that can be.
    fn create(&self, name: &str, template: Option<&str>) -> String;

    /// Drops a database, whoever is connected to it.
    fn drop(&self, name: &str) -> String;

    /// Marks this session as that of a run, for as long as it lives.
    fn claim(&self, run: &str) -> String;

    /// A SELECT of the names of databases of runs whose session is gone.
    fn abandoned(&self) -> &'static str;
}

/// One run of a test program on a server: the names of its databases, and their SQL.
///
/// A name says when and by which process it was made, `orm_test_SECONDS_PROCESS_NANOSECONDS_NUMBER`. A session of the run
/// marks it as alive, on whichever machine it runs.
pub struct TestRun {
    dialect: Dialect,
    server: &'static dyn TestServer,
    name: String,
}

impl TestRun {
    /// A run that began at a time since 1970.
    ///
    /// # Errors
    /// The database has no server.
    pub fn new(dialect: Dialect, process: u32, began: std::time::Duration) -> Result<Self> {
        let server = dialect.spelling().test_server();
        let server = server.ok_or_else(|| Error::unsupported("databases on a server", dialect.name()))?;
        let name = format!("{PREFIX}{}_{process}_{}", began.as_secs(), began.subsec_nanos());
        Ok(TestRun { dialect, server, name })
    }

    /// Which SQL the server speaks.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The name of the run's database of this number.
    pub fn database(&self, number: u64) -> String {
        format!("{}_{number}", self.name)
    }

    /// Marks the session that it is sent on as the run's.
    pub fn claim(&self) -> String {
        self.server.claim(&self.name)
    }

    /// Asks for the databases of runs that are over.
    pub fn abandoned(&self) -> &'static str {
        self.server.abandoned()
    }

    /// Makes a database; `template` is only for who [can](super::Capability::database_templates) copy one.
    pub fn create_database(&self, name: &str, template: Option<&str>) -> String {
        self.server.create(name, template)
    }

    /// Drops a database.
    pub fn drop_database(&self, name: &str) -> String {
        self.server.drop(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_looked_for_is_named_as_what_is_made() {
        let began = std::time::Duration::new(1_795_763_714, 5);
        for dialect in Dialect::ALL {
            let Ok(run) = TestRun::new(dialect, 77, began) else {
                assert!(dialect.spelling().test_server().is_none());
                continue;
            };
            assert_eq!(run.database(3), "orm_test_1795763714_77_5_3");
            assert!(run.claim().contains("'orm_test_1795763714_77_5'"));
            assert!(run.abandoned().contains(&format!("'^{PREFIX}[0-9]+_[0-9]+_[0-9]+_[0-9]+$'")));
        }
    }
}
