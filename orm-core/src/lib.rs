//! Schema, AST, SQL compiler, querysets and execution of orm.
