//! Answers in a form that Python can compare: JSON with a word on the type where JSON has none.

use std::collections::HashMap;

use orm::prelude::*;
use orm::serde_json::{Map, Value, json};
use orm::{AnyDatabase, Error, Model, Result};

/// Something that a scenario answers with.
pub trait Answer {
    /// Its common form; `main.py` has the same for Python's values.
    fn json(self) -> Value;
}

/// What a scenario gives: the answer, or what went wrong.
pub fn outcome(result: Result<Value>) -> Value {
    match result {
        Ok(answer) => json!({ "answer": answer }),
        Err(Error::DoesNotExist { .. }) => json!({ "error": "DoesNotExist" }),
        Err(Error::MultipleObjectsReturned { .. }) => json!({ "error": "MultipleObjectsReturned" }),
        Err(Error::InvalidQuery(_)) => json!({ "error": "InvalidQuery" }),
        Err(Error::Unsupported { .. }) => json!({ "error": "Unsupported" }),
        Err(Error::NoSuchPage { .. }) => json!({ "error": "NoSuchPage" }),
        Err(other) => json!({ "error": format!("{other} {other:?}") }),
    }
}

macro_rules! plain {
    ($($type:ty)*) => {$(
        impl Answer for $type {
            fn json(self) -> Value {
                Value::from(self)
            }
        }
    )*};
}

plain!(bool i16 i32 i64 u64 String &str);

impl Answer for f64 {
    fn json(self) -> Value {
        json!({ "float": self })
    }
}

impl Answer for Decimal {
    fn json(self) -> Value {
        json!({ "decimal": self.normalize().to_string() })
    }
}

impl Answer for NaiveDate {
    fn json(self) -> Value {
        json!({ "date": self.to_string() })
    }
}

impl Answer for NaiveTime {
    fn json(self) -> Value {
        json!({ "time": self.format("%H:%M:%S%.6f").to_string() })
    }
}

impl Answer for DateTime<Utc> {
    fn json(self) -> Value {
        json!({ "datetime": self.format("%Y-%m-%d %H:%M:%S%.6f").to_string() })
    }
}

impl Answer for Value {
    fn json(self) -> Value {
        json!({ "json": self })
    }
}

impl<M: Model> Answer for ForeignKey<M>
where
    M::Key: Answer + Clone,
{
    fn json(self) -> Value {
        self.key().clone().json()
    }
}

impl<T: Answer> Answer for Option<T> {
    fn json(self) -> Value {
        self.map_or(Value::Null, T::json)
    }
}

impl<T: Answer> Answer for Vec<T> {
    fn json(self) -> Value {
        self.into_iter().map(T::json).collect()
    }
}

impl<T: Answer> Answer for HashMap<i64, T> {
    fn json(self) -> Value {
        Value::Object(
            self.into_iter().map(|(key, value)| (key.to_string(), value.json())).collect::<Map<_, _>>(),
        )
    }
}

macro_rules! tuples {
    ($(($($name:ident $at:tt),+))+) => {$(
        impl<$($name: Answer),+> Answer for ($($name,)+) {
            fn json(self) -> Value {
                Value::Array(vec![$(self.$at.json()),+])
            }
        }
    )+};
}

tuples! {
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
}

/// The key of a row, for answers that are rows.
macro_rules! rows {
    ($($model:ident)*) => {$(
        impl Answer for crate::models::$model {
            fn json(self) -> Value {
                self.id.json()
            }
        }
    )*};
}

rows!(Author Category Book Tag BookTag Review Sale Scratch);

impl Answer for crate::models::Country {
    fn json(self) -> Value {
        self.code.json()
    }
}

/// The database that scenarios ask.
pub type Db = AnyDatabase;
