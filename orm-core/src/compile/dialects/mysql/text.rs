//! Text on MySQL and MariaDB, where each text has a collation that decides what it equals.

use super::MySqlFamily;
use crate::ast::{Expr, HashFunction, Regex, TextFunction, TextMatch, TextMatchKind};
use crate::compile::case::write_value;
use crate::compile::dialect::Dialect;
use crate::compile::dialects::like_pattern;
use crate::compile::expr::write_operand;
use crate::compile::feature::Feature;
use crate::compile::function::text::{
    write_character, write_escaped, write_part, write_text_or_empty, write_with_length,
};
use crate::compile::function::write_call;
use crate::compile::writer::SqlWriter;
use crate::error::Result;
use crate::value::Value;

/// A text search.
pub(super) fn write_match(family: &MySqlFamily, w: &mut SqlWriter, search: &TextMatch) -> Result<()> {
    if search.ignore_case {
        w.push("LOWER(");
        w.expr(&search.expr)?;
        w.push(if search.kind == TextMatchKind::Exact { ") = LOWER(" } else { ") LIKE LOWER(" });
    } else {
        write_operand(w, &search.expr)?;
        w.push(" LIKE ");
    }
    match search.literal() {
        Some(text) => {
            let pattern = match search.kind {
                TextMatchKind::Exact => text.to_owned(),
                kind => like_pattern(kind, text),
            };
            w.stored_value(Value::Text(pattern), search.expr.field_meta())?;
        }
        None => write_pattern(w, search)?,
    }
    w.push(if search.ignore_case { ") COLLATE " } else { " COLLATE " });
    w.push(family.collation);
    if search.kind != TextMatchKind::Exact {
        w.push(" ESCAPE '!'");
    }
    Ok(())
}

fn write_pattern(w: &mut SqlWriter, search: &TextMatch) -> Result<()> {
    let (before, after) = match search.kind {
        TextMatchKind::Exact => return write_value(w, &search.text),
        TextMatchKind::Contains => ("CONCAT('%', ", ", '%')"),
        TextMatchKind::StartsWith => ("CONCAT(", ", '%')"),
        TextMatchKind::EndsWith => ("CONCAT('%', ", ")"),
    };
    w.push(before);
    write_escaped(w, &search.text)?;
    w.push(after);
    Ok(())
}

/// A regular expression.
pub(super) fn write_regex(family: &MySqlFamily, w: &mut SqlWriter, regex: &Regex) -> Result<()> {
    let field = regex.expr.field_meta();
    if family.dialect == Dialect::MySql {
        w.push("REGEXP_LIKE(");
        w.expr(&regex.expr)?;
        w.push(", ");
        match regex.literal() {
            Some(pattern) => w.stored_value(Value::Text(pattern.to_owned()), field)?,
            None => w.expr(&regex.pattern)?,
        }
        w.push(if regex.ignore_case { ", 'i')" } else { ", 'c')" });
        return Ok(());
    }
    write_operand(w, &regex.expr)?;
    w.push(" REGEXP ");
    let flag = if regex.ignore_case { "(?i)" } else { "(?-i)" };
    if let Some(pattern) = regex.literal() {
        w.stored_value(Value::Text(format!("{flag}{pattern}")), field)?;
    } else {
        w.push("CONCAT('");
        w.push(flag);
        w.push("', ");
        w.expr(&regex.pattern)?;
        w.push(")");
    }
    w.push(" COLLATE ");
    w.push(family.collation);
    Ok(())
}

/// A function under the family's name.
pub(super) fn write(
    family: &MySqlFamily,
    w: &mut SqlWriter,
    function: TextFunction,
    args: &[Expr],
) -> Result<()> {
    match function {
        TextFunction::Lower => write_call(w, "LOWER", args),
        TextFunction::Upper => write_call(w, "UPPER", args),
        TextFunction::Length => write_call(w, "CHAR_LENGTH", args),
        TextFunction::Concat => {
            for (index, arg) in args.iter().enumerate() {
                w.push(if index == 0 { "CONCAT(" } else { ", " });
                write_text_or_empty(w, arg)?;
            }
            w.push(")");
            Ok(())
        }
        TextFunction::Substr => write_part(w, "SUBSTR", args),
        TextFunction::Left => write_with_length(w, "LEFT", args),
        TextFunction::Right => write_with_length(w, "RIGHT", args),
        TextFunction::Trim => write_call(w, "TRIM", args),
        TextFunction::LTrim => write_call(w, "LTRIM", args),
        TextFunction::RTrim => write_call(w, "RTRIM", args),
        TextFunction::Replace => write_call(w, "REPLACE", args),
        TextFunction::StrIndex => write_call(w, "INSTR", args),
        TextFunction::Repeat => write_with_length(w, "REPEAT", args),
        TextFunction::Reverse => write_call(w, "REVERSE", args),
        TextFunction::LPad => write_padded(w, "LPAD", args),
        TextFunction::RPad => write_padded(w, "RPAD", args),
        TextFunction::Chr => {
            // CHAR takes bytes: in four of them a code point is itself.
            w.push("(");
            for number in args {
                write_character(w, number, "CONVERT(CHAR(", " USING utf32) USING utf8mb4)")?;
            }
            w.push(family.collated);
            Ok(())
        }
        TextFunction::Ord => {
            // ORD gives the bytes of a character as a number: in four of them it is the code point.
            w.push("ORD(CONVERT(LEFT(");
            for arg in args {
                write_value(w, arg)?;
            }
            w.push(", 1) USING utf32))");
            Ok(())
        }
        TextFunction::Hash(hash) => {
            let (name, bits) = match hash {
                // MySQL has both up to 9.5, and then in a component to be installed.
                HashFunction::Md5 => {
                    w.uses(Feature::ClassicHashes);
                    ("(MD5(", ")")
                }
                HashFunction::Sha1 => {
                    w.uses(Feature::ClassicHashes);
                    ("(SHA1(", ")")
                }
                HashFunction::Sha224 => ("(SHA2(", ", 224)"),
                HashFunction::Sha256 => ("(SHA2(", ", 256)"),
                HashFunction::Sha384 => ("(SHA2(", ", 384)"),
                HashFunction::Sha512 => ("(SHA2(", ", 512)"),
            };
            w.push(name);
            for arg in args {
                write_value(w, arg)?;
            }
            w.push(bits);
            // Digits have the collation of the connection.
            w.push(family.collated);
            Ok(())
        }
    }
}

/// Filled with nothing a text is only cut; the servers do not agree what to give then.
fn write_padded(w: &mut SqlWriter, name: &str, args: &[Expr]) -> Result<()> {
    match args {
        [_, _, Expr::Value(Value::Text(fill))] if fill.is_empty() => {
            write_with_length(w, "LEFT", args.get(..2).unwrap_or(args))
        }
        args => write_with_length(w, name, args),
    }
}

/// A position or length, of which the functions mean something of their own by negative ones.
pub(super) fn write_length(w: &mut SqlWriter, expr: &Expr, least: i32) -> Result<()> {
    w.push("GREATEST(");
    w.expr(expr)?;
    w.push(if least > 0 { ", 1)" } else { ", 0)" });
    Ok(())
}
