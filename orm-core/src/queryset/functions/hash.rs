//! Digests of text.

use crate::ast::{Function, HashFunction, Node, TextFunction};
use crate::queryset::expression::{Base, Expr, Expression, result_of};
use crate::queryset::lookup::TextType;
use crate::value::{Nullability, SqlType};

type TextOf<E> = <<<E as Expression>::Type as SqlType>::Null as Nullability>::Apply<String>;

fn call<E: Expression>(function: HashFunction, expr: E) -> Expr<E::Scope, TextOf<E>> {
    let function = Function::Text(TextFunction::Hash(function));
    Expr::new(Node::function(function, vec![expr.into_node()], result_of::<TextOf<E>>()))
}

/// Digests of a text's UTF-8 as hexadecimal digits in lower case, under Django's names. They find equal texts; they keep
/// no password.
pub trait HashFunctions: Expression {
    // Written out, not by a macro, which the compiler's messages would show.

    /// MD5. MySQL has it up to 9.5; after that it is `Unsupported`, unless the server's component for it is installed.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let ann = User::objects().filter(|u| u.username.md5().startswith("7e0d7f8a5d96"));
    /// assert_eq!(ann.get(&db).await?.username, "ann");
    /// # Ok(()) }) }
    /// ```
    fn md5(self) -> Expr<Self::Scope, TextOf<Self>>
    where
        Base<Self>: TextType,
    {
        call(HashFunction::Md5, self)
    }

    /// SHA-1. PostgreSQL has it only in an extension, so it is `Unsupported` there; for MySQL see [`HashFunctions::md5`].
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let ann = User::objects().filter(|u| u.username.sha1().startswith("744cb9a9fb3d"));
    /// assert_eq!(ann.get(&db).await?.username, "ann");
    /// # Ok(()) }) }
    /// ```
    fn sha1(self) -> Expr<Self::Scope, TextOf<Self>>
    where
        Base<Self>: TextType,
    {
        call(HashFunction::Sha1, self)
    }

    /// SHA-224.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let ann = User::objects().filter(|u| u.username.sha224().startswith("4332c64ea316"));
    /// assert_eq!(ann.get(&db).await?.username, "ann");
    /// # Ok(()) }) }
    /// ```
    fn sha224(self) -> Expr<Self::Scope, TextOf<Self>>
    where
        Base<Self>: TextType,
    {
        call(HashFunction::Sha224, self)
    }

    /// SHA-256.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let ann = User::objects().filter(|u| u.username.sha256().startswith("49915e0d7d4b"));
    /// assert_eq!(ann.get(&db).await?.username, "ann");
    /// # Ok(()) }) }
    /// ```
    fn sha256(self) -> Expr<Self::Scope, TextOf<Self>>
    where
        Base<Self>: TextType,
    {
        call(HashFunction::Sha256, self)
    }

    /// SHA-384.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let ann = User::objects().filter(|u| u.username.sha384().startswith("853ccf7ba7d9"));
    /// assert_eq!(ann.get(&db).await?.username, "ann");
    /// # Ok(()) }) }
    /// ```
    fn sha384(self) -> Expr<Self::Scope, TextOf<Self>>
    where
        Base<Self>: TextType,
    {
        call(HashFunction::Sha384, self)
    }

    /// SHA-512.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let ann = User::objects().filter(|u| u.username.sha512().startswith("cc4362ee6286"));
    /// assert_eq!(ann.get(&db).await?.username, "ann");
    /// # Ok(()) }) }
    /// ```
    fn sha512(self) -> Expr<Self::Scope, TextOf<Self>>
    where
        Base<Self>: TextType,
    {
        call(HashFunction::Sha512, self)
    }
}

impl<E: Expression> HashFunctions for E {}
