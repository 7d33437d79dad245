//! The driver against real servers: everything once for each of `ORM_TEST_MARIADB_URL` and `ORM_TEST_MYSQL_URL` that is
//! set.

#[path = "driver/smoke.rs"]
mod smoke;
#[path = "driver/support.rs"]
mod support;
