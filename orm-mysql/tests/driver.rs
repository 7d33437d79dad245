//! The driver against real servers: compiled once, run for each of `ORM_TEST_MARIADB_URL` and `ORM_TEST_MYSQL_URL`
//! that is set.

mod driver {
    mod cancellation;
    mod cursor;
    mod errors;
    mod hostile;
    mod packets;
    mod secrets;
    mod session;
    mod statements;
    mod support;
    mod tls;
    mod transactions;
    mod values;
}
