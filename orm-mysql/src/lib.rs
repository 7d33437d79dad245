//! MySQL and MariaDB driver of orm.
