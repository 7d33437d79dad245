//! The servers' error numbers as normalised kinds, and names out of their messages.

mod message;

use mysql_async::{DriverError, Error as MyError, IoError, ServerError};
use orm_core::Error;
use orm_core::compile::Dialect;
use orm_core::error::{DatabaseError, DatabaseErrorKind as Kind};

/// The driver's name in error sources.
const DRIVER: &str = "mysql_async";

/// An error of the driver as the ORM's, with the statement's text if there is one.
pub(crate) fn convert(error: MyError, dialect: Option<Dialect>, sql: Option<&str>) -> Error {
    let converted = match &error {
        MyError::Server(server) => from_server(server, dialect),
        MyError::Io(IoError::Tls(tls)) => DatabaseError::connection_lost(format!("TLS: {tls}")),
        MyError::Io(IoError::Io(io)) => DatabaseError::connection_lost(io.to_string()),
        MyError::Driver(driver) => from_driver(driver),
        // Neither is made by the calls of this crate, and their texts could hold anything.
        MyError::Url(_) => DatabaseError::new(Kind::Other, "the connection's options are unusable"),
        MyError::Other(_) => DatabaseError::new(Kind::Other, "the driver failed"),
    };
    let converted = match sql {
        Some(sql) => converted.with_sql(sql),
        None => converted,
    };
    converted.with_source(DRIVER, error).into()
}

/// The client's own time-out: the server did not end the statement in time, or never answered.
pub(crate) fn timed_out(sql: Option<&str>) -> Error {
    let error =
        DatabaseError::new(Kind::StatementTimeout, "no answer within the statement time-out and its grace");
    match sql {
        Some(sql) => error.with_sql(sql).into(),
        None => error.into(),
    }
}

/// Larger than the server takes, said before anything is sent.
pub(crate) fn too_large(needed: usize, limit: usize, sql: &str) -> Error {
    // A statement of that size says nothing in an error that its first lines do not say.
    let shown = sql.char_indices().nth(1_000).map_or(sql, |(end, _)| sql.get(..end).unwrap_or_default());
    DatabaseError::new(
        Kind::TooLarge,
        format!("{needed} bytes to send; the server's max_allowed_packet is {limit}"),
    )
    .with_sql(shown)
    .into()
}

fn from_driver(error: &DriverError) -> DatabaseError {
    match error {
        DriverError::ConnectionClosed => DatabaseError::connection_lost("the connection is closed"),
        DriverError::PacketOutOfOrder
        | DriverError::UnexpectedPacket { .. }
        | DriverError::CantParseServerVersion { .. }
        | DriverError::BadCompressedPacketHeader => {
            DatabaseError::connection_lost("the server does not keep to the protocol")
        }
        DriverError::NoClientSslFlagFromServer => {
            DatabaseError::connection_lost("the server offers no TLS, which the options ask for")
        }
        DriverError::LocalInfile(_) => {
            DatabaseError::new(Kind::PermissionDenied, "the server asked for a local file; none is ever sent")
        }
        DriverError::UnknownAuthPlugin { name } => DatabaseError::new(
            Kind::AuthenticationFailed,
            format!("authentication `{name}` is not supported"),
        ),
        DriverError::MysqlOldPasswordDisabled | DriverError::CleartextPluginDisabled => DatabaseError::new(
            Kind::AuthenticationFailed,
            "the server asks for an authentication that is not safe",
        ),
        DriverError::PacketTooLarge => DatabaseError::new(Kind::TooLarge, "packet too large"),
        DriverError::StmtParamsNumberExceedsLimit { supplied } => DatabaseError::new(
            Kind::TooLarge,
            format!("{supplied} parameters; a statement has 65535 at most"),
        ),
        DriverError::StmtParamsMismatch { required, supplied } => DatabaseError::new(
            Kind::ProgrammingError,
            format!("the statement has {required} placeholders, {supplied} values were given"),
        ),
        DriverError::MixedParams | DriverError::Params(_) => {
            DatabaseError::new(Kind::ProgrammingError, "placeholders are written `?`, not `:name`")
        }
        _ => DatabaseError::new(Kind::Other, "the driver failed"),
    }
}

fn from_server(error: &ServerError, dialect: Option<Dialect>) -> DatabaseError {
    let kind = kind_of(error);
    let names = message::names(error.code, &error.message, dialect);
    DatabaseError::new(kind, error.message.clone())
        .with_code(error.code.to_string())
        .with_constraint(names.constraint)
        .with_table(names.table)
        .with_column(names.column)
}

fn kind_of(error: &ServerError) -> Kind {
    match error.code {
        1022 | 1062 | 1169 | 1557 | 1586 | 1761 | 1762 | 1859 => Kind::UniqueViolation,
        1216 | 1217 | 1451 | 1452 => Kind::ForeignKeyViolation,
        // 3819 is MySQL's, 4025 MariaDB's.
        3819 | 4025 => Kind::CheckViolation,
        1048 | 1263 | 1364 | 1566 => Kind::NotNullViolation,
        // 3058: over locks on names.
        1213 | 1614 | 3058 => Kind::Deadlock,
        // 1020: MariaDB's snapshot isolation. 3101: rolled back by group replication.
        1020 | 3101 => Kind::SerializationFailure,
        1205 | 3572 => Kind::LockTimeout,
        1290 if is_about_read_only(&error.message) => Kind::ReadOnly,
        1792 | 1836 | 3906 => Kind::ReadOnly,
        3024 | 1969 => Kind::StatementTimeout,
        1317 => Kind::Cancelled,
        1044 | 1045 | 1049 | 1251 | 1275 | 1698 | 1820 | 1862 | 3118 | 3955 | 4151 => {
            Kind::AuthenticationFailed
        }
        1095 | 1142 | 1143 | 1227 | 1290 | 1345 | 1369 | 1370 | 1410 | 1419 | 1702 | 1873 | 3879 => {
            Kind::PermissionDenied
        }
        1009 | 1021 | 1037 | 1038 | 1040 | 1041 | 1114 | 1135 | 1203 | 1206 | 1226 | 1461 | 3168 => {
            Kind::OutOfResources
        }
        1053
        | 1077
        | 1079
        | 1080
        | 1152
        | 1154..=1161
        | 1184
        | 1927
        | 2002..=2006
        | 2013
        | 2055
        | 3169
        | 4031 => Kind::ConnectionLost,
        1074 | 1102 | 1118 | 1153 | 1162 | 1301 | 1390 | 1436 | 3170 => Kind::TooLarge,
        1264..=1266
        | 1292
        | 1365
        | 1366
        | 1367
        | 1406
        | 1411
        | 1426
        | 1525
        | 1690
        | 3140..=3158
        | 4038
        | 4079 => Kind::DataError,
        // Unknown or wrongly used names and features that have the general SQLSTATE.
        1005 | 1025 | 1071 | 1111 | 1140 | 1210 | 1221 | 1235 | 1241 | 1242 | 1243 | 1295 | 1305 | 1615
        | 3065 | 3636 => Kind::ProgrammingError,
        _ => kind_of_state(&error.state),
    }
}

/// For numbers not listed, the class of the SQLSTATE.
fn kind_of_state(state: &str) -> Kind {
    match state {
        "25006" => Kind::ReadOnly,
        "40001" => Kind::SerializationFailure,
        "70100" => Kind::Cancelled,
        _ => match state.get(..2) {
            Some("08") => Kind::ConnectionLost,
            Some("22") => Kind::DataError,
            Some("23") => Kind::OtherIntegrity,
            Some("28") => Kind::AuthenticationFailed,
            Some("42" | "21") => Kind::ProgrammingError,
            _ => Kind::Other,
        },
    }
}

/// 1290 names the server option that stands in the way; only some mean that nothing can be written.
fn is_about_read_only(message: &str) -> bool {
    message.contains("read-only") || message.contains("read_only")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(code: u16, state: &str, message: &str) -> Kind {
        kind_of(&ServerError { code, message: message.to_owned(), state: state.to_owned() })
    }

    #[test]
    fn numbers_come_before_states() {
        assert_eq!(kind(1062, "23000", ""), Kind::UniqueViolation);
        assert_eq!(kind(1205, "HY000", ""), Kind::LockTimeout);
        assert_eq!(kind(1213, "40001", ""), Kind::Deadlock);
        assert_eq!(kind(1142, "42000", ""), Kind::PermissionDenied);
        assert_eq!(kind(1040, "08004", ""), Kind::OutOfResources);
        assert_eq!(kind(1969, "70100", ""), Kind::StatementTimeout);
        assert_eq!(kind(1317, "70100", ""), Kind::Cancelled);
        assert_eq!(kind(1290, "HY000", "running with the --read-only option"), Kind::ReadOnly);
        assert_eq!(kind(1290, "HY000", "running with the --secure-file-priv option"), Kind::PermissionDenied);
        assert_eq!(kind(1118, "42000", ""), Kind::TooLarge);
    }

    #[test]
    fn unknown_numbers_follow_their_state() {
        assert_eq!(kind(65000, "42S02", ""), Kind::ProgrammingError);
        assert_eq!(kind(65000, "22003", ""), Kind::DataError);
        assert_eq!(kind(65000, "23000", ""), Kind::OtherIntegrity);
        assert_eq!(kind(65000, "25006", ""), Kind::ReadOnly);
        assert_eq!(kind(65000, "HY000", ""), Kind::Other);
        assert_eq!(kind(65000, "", ""), Kind::Other);
    }

    #[test]
    fn a_large_statement_is_not_repeated_whole() {
        let error = too_large(10, 5, &"ü".repeat(5_000));
        assert_eq!(error.kind(), Some(Kind::TooLarge));
        assert_eq!(error.as_database().and_then(|error| error.sql()).map(str::len), Some(2_000));
    }
}
