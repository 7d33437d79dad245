//! Functions of text.

use super::Function;
use crate::ast::{Expr, Node, ResultType};
use crate::value::{Value, ValueKind};

/// Which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextFunction {
    /// In lower case.
    Lower,
    /// In upper case.
    Upper,
    /// The number of characters.
    Length,
    /// Texts one after another; NULL counts as no text.
    Concat,
    /// The characters from a position on, as many as a third argument says, if there is one.
    Substr,
    /// The first characters.
    Left,
    /// The last characters.
    Right,
    /// Without spaces at both ends.
    Trim,
    /// Without spaces at the start.
    LTrim,
    /// Without spaces at the end.
    RTrim,
    /// With one text in place of another.
    Replace,
    /// The position of a text in another, from 1; 0 where it is not in it.
    StrIndex,
    /// So many times.
    Repeat,
    /// Backwards.
    Reverse,
    /// Filled up at the start, or cut, to a length.
    LPad,
    /// Filled up at the end, or cut, to a length.
    RPad,
    /// The character of a code point; NULL where there is none.
    Chr,
    /// The code point of the first character; 0 where there is none.
    Ord,
    /// A digest of its UTF-8, as hexadecimal digits.
    Hash(HashFunction),
}

/// Which digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HashFunction {
    /// MD5.
    Md5,
    /// SHA-1.
    Sha1,
    /// SHA-224.
    Sha224,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl TextFunction {
    /// Its name in messages.
    pub fn name(self) -> &'static str {
        match self {
            TextFunction::Lower => "lower",
            TextFunction::Upper => "upper",
            TextFunction::Length => "length",
            TextFunction::Concat => "concat",
            TextFunction::Substr => "substr",
            TextFunction::Left => "left",
            TextFunction::Right => "right",
            TextFunction::Trim => "trim",
            TextFunction::LTrim => "ltrim",
            TextFunction::RTrim => "rtrim",
            TextFunction::Replace => "replace",
            TextFunction::StrIndex => "strindex",
            TextFunction::Repeat => "repeat",
            TextFunction::Reverse => "reverse",
            TextFunction::LPad => "lpad",
            TextFunction::RPad => "rpad",
            TextFunction::Chr => "chr",
            TextFunction::Ord => "ord",
            TextFunction::Hash(hash) => hash.name(),
        }
    }
}

impl HashFunction {
    /// Its name in messages.
    pub fn name(self) -> &'static str {
        match self {
            HashFunction::Md5 => "md5",
            HashFunction::Sha1 => "sha1",
            HashFunction::Sha224 => "sha224",
            HashFunction::Sha256 => "sha256",
            HashFunction::Sha384 => "sha384",
            HashFunction::Sha512 => "sha512",
        }
    }
}

const CONCAT: Function = Function::Text(TextFunction::Concat);

impl Node {
    /// Texts one after another; a chain is one call, whatever its length.
    #[must_use]
    pub fn concat(self, other: Node) -> Self {
        let depth = self.depth();
        match self.expr {
            Expr::Function(mut call) if call.function == CONCAT => {
                let other = other.into_text();
                if other.depth() >= crate::ast::MAX_DEPTH {
                    return Node::leaf(Expr::TooDeep);
                }
                let depth = depth.max(other.depth().saturating_add(1));
                call.args.push(other.expr);
                Node::rebuilt(Expr::Function(call), depth)
            }
            expr => {
                let args = vec![Node::rebuilt(expr, depth).into_text(), other.into_text()];
                Node::function(CONCAT, args, ResultType { kind: ValueKind::Text, nullable: false })
            }
        }
    }

    /// A number as text.
    fn into_text(self) -> Self {
        let text = match (&self.expr, self.expr.kind()) {
            (_, Some(ValueKind::Text) | None) => return self,
            (Expr::Value(Value::I16(number)), _) => number.to_string(),
            (Expr::Value(Value::I32(number)), _) => number.to_string(),
            (Expr::Value(Value::I64(number)), _) => number.to_string(),
            (Expr::Value(Value::U32(number)), _) => number.to_string(),
            (Expr::Value(Value::U64(number)), _) => number.to_string(),
            (_, Some(_)) => return self.cast(ResultType { kind: ValueKind::Text, nullable: false }, None),
        };
        Node::leaf(Expr::Value(Value::Text(text)))
    }
}
