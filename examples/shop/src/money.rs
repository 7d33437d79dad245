//! Amounts in answers: as text, so that no client makes a float of them, and always with two digits behind the point.

use orm::prelude::Decimal;
use serde::Serializer;

/// For `#[serde(serialize_with = "money::as_text")]`. What a database adds up has as many digits as the database thinks fit.
///
/// # Errors
/// Those of the serializer.
pub fn as_text<S: Serializer>(amount: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{amount:.2}"))
}
