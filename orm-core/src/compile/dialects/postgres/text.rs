//! Text on PostgreSQL.

use crate::ast::{Expr, Function, HashFunction, Regex, TextFunction, TextMatch, TextMatchKind};
use crate::compile::dialects::like_pattern;
use crate::compile::expr::write_operand;
use crate::compile::function::text::{
    write_character, write_escaped, write_joined, write_part, write_with_length,
};
use crate::compile::function::write_call;
use crate::compile::writer::SqlWriter;
use crate::error::{Error, Result};
use crate::value::Value;

/// A text search.
pub(super) fn write_match(w: &mut SqlWriter, search: &TextMatch) -> Result<()> {
    let field = search.expr.field_meta();
    if search.kind == TextMatchKind::Exact {
        w.push("LOWER(");
        w.expr(&search.expr)?;
        w.push(") = LOWER(");
        match search.literal() {
            Some(text) => w.stored_value(Value::Text(text.to_owned()), field)?,
            None => w.expr(&search.text)?,
        }
        w.push(")");
        return Ok(());
    }
    write_operand(w, &search.expr)?;
    w.push(if search.ignore_case { " ILIKE " } else { " LIKE " });
    match search.literal() {
        Some(text) => w.stored_value(Value::Text(like_pattern(search.kind, text)), field)?,
        None => write_pattern(w, search)?,
    }
    w.push(" ESCAPE '!'");
    Ok(())
}

fn write_pattern(w: &mut SqlWriter, search: &TextMatch) -> Result<()> {
    w.push("(");
    if matches!(search.kind, TextMatchKind::Contains | TextMatchKind::EndsWith) {
        w.push("'%' || ");
    }
    write_escaped(w, &search.text)?;
    if matches!(search.kind, TextMatchKind::Contains | TextMatchKind::StartsWith) {
        w.push(" || '%'");
    }
    w.push(")");
    Ok(())
}

/// A regular expression.
pub(super) fn write_regex(w: &mut SqlWriter, regex: &Regex) -> Result<()> {
    write_operand(w, &regex.expr)?;
    w.push(if regex.ignore_case { " ~* " } else { " ~ " });
    match regex.literal() {
        Some(pattern) => w.stored_value(Value::Text(pattern.to_owned()), regex.expr.field_meta()),
        None => write_operand(w, &regex.pattern),
    }
}

/// A function under PostgreSQL's name.
pub(super) fn write(w: &mut SqlWriter, function: TextFunction, args: &[Expr]) -> Result<()> {
    match function {
        TextFunction::Lower => write_call(w, "LOWER", args),
        TextFunction::Upper => write_call(w, "UPPER", args),
        TextFunction::Length => write_call(w, "CHAR_LENGTH", args),
        TextFunction::Concat => write_joined(w, args),
        TextFunction::Substr => write_part(w, "SUBSTR", args),
        TextFunction::Left => write_with_length(w, "LEFT", args),
        TextFunction::Right => write_with_length(w, "RIGHT", args),
        TextFunction::Trim => write_call(w, "TRIM", args),
        TextFunction::LTrim => write_call(w, "LTRIM", args),
        TextFunction::RTrim => write_call(w, "RTRIM", args),
        TextFunction::Replace => write_call(w, "REPLACE", args),
        TextFunction::StrIndex => write_call(w, "STRPOS", args),
        TextFunction::Repeat => write_with_length(w, "REPEAT", args),
        TextFunction::Reverse => write_call(w, "REVERSE", args),
        TextFunction::LPad => write_with_length(w, "LPAD", args),
        TextFunction::RPad => write_with_length(w, "RPAD", args),
        TextFunction::Chr => {
            args.iter().try_for_each(|number| write_character(w, number, "CHR(CAST(", " AS integer))"))
        }
        TextFunction::Ord => write_call(w, "ASCII", args),
        TextFunction::Hash(hash) => write_hash(w, hash, args),
    }
}

fn write_hash(w: &mut SqlWriter, hash: HashFunction, args: &[Expr]) -> Result<()> {
    let name = match hash {
        HashFunction::Md5 => return write_call(w, "MD5", args),
        HashFunction::Sha1 => {
            return Err(Error::unsupported("sha1 (which needs the extension pgcrypto)", "PostgreSQL"));
        }
        HashFunction::Sha224 => "ENCODE(SHA224(CONVERT_TO",
        HashFunction::Sha256 => "ENCODE(SHA256(CONVERT_TO",
        HashFunction::Sha384 => "ENCODE(SHA384(CONVERT_TO",
        HashFunction::Sha512 => "ENCODE(SHA512(CONVERT_TO",
    };
    w.push(name);
    w.push("(");
    for arg in args {
        w.expr(arg)?;
    }
    w.push(", 'UTF8')), 'hex')");
    Ok(())
}

/// A position or length. The functions take an integer, of which bigint is not one, and mean something of their own by
/// negative ones. GREATEST would make a number of NULL; `WIDTH_BUCKET` does not, and gives what is in the range as it is.
pub(super) fn write_length(w: &mut SqlWriter, expr: &Expr, least: i32) -> Result<()> {
    if least == 0 && is_count(expr) {
        return w.expr(expr);
    }
    w.push("WIDTH_BUCKET(CAST(");
    w.expr(expr)?;
    w.push(match least {
        ..=0 => " AS numeric), 1, 2147483647, 2147483646)",
        1.. => " AS numeric), 2, 2147483647, 2147483645) + 1",
    });
    Ok(())
}

/// Whether it is an integer that is never negative.
fn is_count(expr: &Expr) -> bool {
    let Expr::Function(call) = expr else { return false };
    matches!(call.function, Function::Text(TextFunction::Length | TextFunction::StrIndex | TextFunction::Ord))
}
