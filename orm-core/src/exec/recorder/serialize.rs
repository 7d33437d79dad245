//! A recording as tools read it.

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::{CallSite, Failure, RecordedStatement, Recording, Repetition, advice};

impl Serialize for Recording {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Recording", 4)?;
        out.serialize_field("queries", &self.len())?;
        out.serialize_field("duration_us", &micros(self.duration()))?;
        out.serialize_field("statements", &self.statements)?;
        out.serialize_field("repeated", &self.repeated())?;
        out.end()
    }
}

impl Serialize for RecordedStatement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let operation = &self.operation;
        let mut out = serializer.serialize_struct("RecordedStatement", 11)?;
        out.serialize_field("database", self.dialect.name())?;
        out.serialize_field("kind", self.kind.name())?;
        out.serialize_field("model", &Some(operation.model).filter(|model| !model.is_empty()))?;
        out.serialize_field("operation", operation.name)?;
        out.serialize_field("relation", &operation.relation.map(advice::name))?;
        out.serialize_field("location", &operation.location.map(ToString::to_string))?;
        out.serialize_field("sql", &*self.sql)?;
        out.serialize_field("rows", &self.rows)?;
        out.serialize_field("duration_us", &micros(self.duration))?;
        out.serialize_field("finished", &self.finished)?;
        out.serialize_field("failure", &self.failure.as_ref().map(Failure::to_string))?;
        out.end()
    }
}

impl Serialize for Repetition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Repetition", 6)?;
        out.serialize_field("count", &self.count)?;
        out.serialize_field("first", &self.first)?;
        out.serialize_field("sites", &self.sites)?;
        out.serialize_field("rows", &self.rows)?;
        out.serialize_field("duration_us", &micros(self.duration))?;
        out.serialize_field("advice", &self.advice)?;
        out.end()
    }
}

impl Serialize for CallSite {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("CallSite", 2)?;
        out.serialize_field("location", &self.location.map(ToString::to_string))?;
        out.serialize_field("count", &self.count)?;
        out.end()
    }
}

fn micros(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
