//! Text on SQLite, whose own functions end at a NUL and whose LIKE ignores the case of ASCII letters.

use crate::ast::{Expr, HashFunction, Regex, TextFunction, TextMatch, TextMatchKind};
use crate::compile::expr::write_operand;
use crate::compile::function::text::{write_joined, write_part, write_with_length};
use crate::compile::function::write_call;
use crate::compile::writer::SqlWriter;
use crate::error::Result;
use crate::value::{Value, letter_case};

/// A text search.
pub(super) fn write_match(w: &mut SqlWriter, search: &TextMatch) -> Result<()> {
    let Some(text) = search.literal() else { return write_match_of_expr(w, search) };
    let text = if search.ignore_case { letter_case::lower(text) } else { text.to_owned() };
    if text.contains('\0') {
        return write_match_of_bytes(w, search, text);
    }
    let contains = search.kind == TextMatchKind::Contains;
    if contains {
        w.push("INSTR(");
    }
    if search.ignore_case {
        w.push("orm_lower(");
        w.expr(&search.expr)?;
        w.push(")");
    } else {
        write_operand(w, &search.expr)?;
    }
    // LIKE ignores the case of ASCII letters here, GLOB does not.
    let (operator, pattern, after) = match search.kind {
        TextMatchKind::Contains => (", ", text, ") > 0"),
        TextMatchKind::Exact => (" = ", text, ""),
        TextMatchKind::StartsWith => (" GLOB ", glob_pattern(&text) + "*", ""),
        TextMatchKind::EndsWith => (" GLOB ", "*".to_owned() + &glob_pattern(&text), ""),
    };
    w.push(operator);
    w.stored_value(Value::Text(pattern), search.expr.field_meta())?;
    w.push(after);
    Ok(())
}

/// A search for what the row itself holds: without a pattern there is nothing to escape.
fn write_match_of_expr(w: &mut SqlWriter, search: &TextMatch) -> Result<()> {
    let (before, between, after) = match search.kind {
        TextMatchKind::Contains => ("INSTR(", ", ", ") > 0"),
        TextMatchKind::Exact => ("", " = ", ""),
        TextMatchKind::StartsWith => ("orm_startswith(", ", ", ")"),
        TextMatchKind::EndsWith => ("orm_endswith(", ", ", ")"),
    };
    w.push(before);
    write_in_case(w, &search.expr, search.ignore_case)?;
    w.push(between);
    write_in_case(w, &search.text, search.ignore_case)?;
    w.push(after);
    Ok(())
}

fn write_in_case(w: &mut SqlWriter, expr: &Expr, ignore_case: bool) -> Result<()> {
    if !ignore_case {
        return write_operand(w, expr);
    }
    w.push("orm_lower(");
    w.expr(expr)?;
    w.push(")");
    Ok(())
}

/// GLOB reads up to the first NUL only; bytes are compared to the end.
fn write_match_of_bytes(w: &mut SqlWriter, search: &TextMatch, text: String) -> Result<()> {
    let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
    w.push(match search.kind {
        TextMatchKind::Contains => "INSTR(CAST(",
        TextMatchKind::Exact => "CAST(",
        TextMatchKind::StartsWith | TextMatchKind::EndsWith => "SUBSTR(CAST(",
    });
    w.push(if search.ignore_case { "orm_lower(" } else { "(" });
    w.expr(&search.expr)?;
    w.push(") AS BLOB)");
    match search.kind {
        TextMatchKind::Contains => w.push(", "),
        TextMatchKind::Exact => w.push(" = "),
        TextMatchKind::StartsWith => {
            w.push(", 1, ");
            w.number(length);
            w.push(") = ");
        }
        TextMatchKind::EndsWith => {
            w.push(", -");
            w.number(length);
            w.push(") = ");
        }
    }
    w.stored_value(Value::Bytes(text.into_bytes()), search.expr.field_meta())?;
    if search.kind == TextMatchKind::Contains {
        w.push(") > 0");
    }
    Ok(())
}

fn glob_pattern(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 1);
    for character in text.chars() {
        if matches!(character, '*' | '?' | '[') {
            pattern.push('[');
            pattern.push(character);
            pattern.push(']');
        } else {
            pattern.push(character);
        }
    }
    pattern
}

/// A regular expression.
pub(super) fn write_regex(w: &mut SqlWriter, regex: &Regex) -> Result<()> {
    write_operand(w, &regex.expr)?;
    w.push(" REGEXP ");
    let Some(pattern) = regex.literal() else {
        w.push(if regex.ignore_case { "('(?i)' || " } else { "" });
        write_operand(w, &regex.pattern)?;
        w.push(if regex.ignore_case { ")" } else { "" });
        return Ok(());
    };
    let pattern = if regex.ignore_case { format!("(?i){pattern}") } else { pattern.to_owned() };
    w.stored_value(Value::Text(pattern), regex.expr.field_meta())
}

/// A function of the driver's, or SQLite's own where that reads beyond a NUL.
pub(super) fn write(w: &mut SqlWriter, function: TextFunction, args: &[Expr]) -> Result<()> {
    match function {
        TextFunction::Lower => write_call(w, "orm_lower", args),
        TextFunction::Upper => write_call(w, "orm_upper", args),
        TextFunction::Length => write_call(w, "orm_length", args),
        TextFunction::Concat => write_joined(w, args),
        TextFunction::Substr => write_part(w, "orm_substr", args),
        TextFunction::Left => write_with_length(w, "orm_left", args),
        TextFunction::Right => write_with_length(w, "orm_right", args),
        TextFunction::Trim => write_call(w, "TRIM", args),
        TextFunction::LTrim => write_call(w, "LTRIM", args),
        TextFunction::RTrim => write_call(w, "RTRIM", args),
        TextFunction::Replace => write_call(w, "orm_replace", args),
        TextFunction::StrIndex => write_call(w, "INSTR", args),
        TextFunction::Repeat => write_with_length(w, "orm_repeat", args),
        TextFunction::Reverse => write_call(w, "orm_reverse", args),
        TextFunction::LPad => write_with_length(w, "orm_lpad", args),
        TextFunction::RPad => write_with_length(w, "orm_rpad", args),
        TextFunction::Chr => write_call(w, "orm_chr", args),
        TextFunction::Ord => write_call(w, "orm_ord", args),
        TextFunction::Hash(hash) => write_call(
            w,
            match hash {
                HashFunction::Md5 => "orm_md5",
                HashFunction::Sha1 => "orm_sha1",
                HashFunction::Sha224 => "orm_sha224",
                HashFunction::Sha256 => "orm_sha256",
                HashFunction::Sha384 => "orm_sha384",
                HashFunction::Sha512 => "orm_sha512",
            },
            args,
        ),
    }
}
