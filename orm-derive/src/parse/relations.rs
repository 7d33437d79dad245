//! Relations that are no field: `has_many(…)`, `has_one(…)`, `many_to_many(…)`, `foreign_key(…)` on the struct.

use syn::parse::ParseStream;
use syn::{Error, Ident, LitStr, Path, Result, Token, Type, parenthesized};

use super::attribute::{self, Given, flag, inside, set};
use super::field::{OnDelete, on_delete};

/// A relation as written.
pub(crate) struct RelationInput {
    /// Its name.
    pub(crate) ident: Ident,
    pub(crate) kind: KindInput,
}

/// What kind of relation.
pub(crate) enum KindInput {
    /// `has_many(posts = Post::author)`, or `has_one`: the other side of a relation.
    Reverse { many: bool, of: Path, name: Ident },
    /// `many_to_many(tags: Tag)`.
    Through(Box<ThroughInput>),
    /// `foreign_key(item(order, product) = OrderItem)`.
    ForeignKey(Box<ForeignKeyInput>),
}

pub(crate) struct ThroughInput {
    pub(crate) to: Type,
    /// A model of the user's own between: `through = Membership(person, group)`.
    pub(crate) through: Option<Given<(Path, Ident, Ident)>>,
    /// The table of the model between.
    pub(crate) table: Option<Given<LitStr>>,
    pub(crate) symmetrical: Option<Given<()>>,
}

pub(crate) struct ForeignKeyInput {
    /// The fields that hold the key.
    pub(crate) fields: Vec<Ident>,
    pub(crate) to: Path,
    /// A unique field of the target instead of its primary key.
    pub(crate) target: Option<Ident>,
    pub(crate) on_delete: Option<Given<OnDelete>>,
}

/// Reads the parentheses of an option that makes relations.
pub(crate) fn relations(key: &Ident, input: ParseStream<'_>) -> Result<Vec<RelationInput>> {
    let example = match key.to_string().as_str() {
        "has_many" => HAS_MANY,
        "has_one" => HAS_ONE,
        "many_to_many" => MANY_TO_MANY,
        _ => FOREIGN_KEY,
    };
    if !input.peek(syn::token::Paren) {
        return Err(Error::new(key.span(), example));
    }
    let content;
    parenthesized!(content in input);
    let relations = inside(&content, |content| match example {
        HAS_MANY => reverse(content, true, example),
        HAS_ONE => reverse(content, false, example),
        MANY_TO_MANY => many_to_many(content),
        _ => foreign_key(content),
    })?;
    if relations.is_empty() { Err(Error::new(key.span(), example)) } else { Ok(relations) }
}

const HAS_MANY: &str = "name the other side of a relation: `has_many(posts = Post::author)`, where `author` is a relation of `Post`";
const HAS_ONE: &str = "name the other side of a one-to-one relation: `has_one(profile = Profile::user)`, where `user` is a relation of `Profile`";
const MANY_TO_MANY: &str = "name the relation and the model: `many_to_many(tags: Tag)`, with a model of your own between `many_to_many(tags: Tag, through = Tagging(post, tag))`";
const FOREIGN_KEY: &str = "name the relation, the fields that hold the key, and the model: `foreign_key(item(order, product) = OrderItem)`, by a unique field `foreign_key(country(country_code) = Country(code))`";

fn says(message: &'static str) -> impl Fn(Error) -> Error {
    move |error| Error::new(error.span(), message)
}

/// `posts = Post::author, drafts = Post::editor`
fn reverse(input: ParseStream<'_>, many: bool, example: &'static str) -> Result<Vec<RelationInput>> {
    let mut relations = Vec::new();
    while !input.is_empty() {
        let ident: Ident = input.parse().map_err(says(example))?;
        input.parse::<Token![=]>().map_err(says(example))?;
        let path: Path = input.parse().map_err(says(example))?;
        let (of, name) = split(&path).ok_or_else(|| Error::new_spanned(&path, example))?;
        relations.push(RelationInput { ident, kind: KindInput::Reverse { many, of, name } });
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
    }
    Ok(relations)
}

/// `blog::Post::author` → `blog::Post`, `author`
fn split(path: &Path) -> Option<(Path, Ident)> {
    let mut model = path.clone();
    let name = model.segments.pop()?.into_value();
    model.segments.pop_punct();
    (name.arguments.is_empty() && !model.segments.is_empty()).then_some((model, name.ident))
}

/// `tags: Tag, through = Tagging(post, tag), friends: Person, symmetrical`
fn many_to_many(input: ParseStream<'_>) -> Result<Vec<RelationInput>> {
    let mut relations: Vec<RelationInput> = Vec::new();
    while !input.is_empty() {
        let key: Ident = input.parse().map_err(says(MANY_TO_MANY))?;
        if input.peek(Token![:]) {
            input.parse::<Token![:]>()?;
            let to = input.parse().map_err(says(MANY_TO_MANY))?;
            let kind = KindInput::Through(Box::new(ThroughInput {
                to,
                through: None,
                table: None,
                symmetrical: None,
            }));
            relations.push(RelationInput { ident: key, kind });
        } else {
            let Some(RelationInput { kind: KindInput::Through(through), .. }) = relations.last_mut() else {
                return Err(Error::new(key.span(), MANY_TO_MANY));
            };
            match key.to_string().as_str() {
                "through" => set(&mut through.through, &key, between(input)?)?,
                "table" => set(&mut through.table, &key, attribute::text(&key, input, "post_tags")?)?,
                "symmetrical" => {
                    flag(&key, input)?;
                    set(&mut through.symmetrical, &key, ())?;
                }
                _ => return Err(attribute::unknown(&key, &["through", "table", "symmetrical"])),
            }
        }
        if !input.is_empty() {
            input.parse::<Token![,]>().map_err(says(MANY_TO_MANY))?;
        }
    }
    Ok(relations)
}

const BETWEEN: &str = "name the model between, its relation to this model, and that to the other: `through = Membership(person, group)`";

fn between(input: ParseStream<'_>) -> Result<(Path, Ident, Ident)> {
    input.parse::<Token![=]>().map_err(says(BETWEEN))?;
    let model: Path = input.parse().map_err(says(BETWEEN))?;
    if !input.peek(syn::token::Paren) {
        return Err(Error::new_spanned(model, BETWEEN));
    }
    let content;
    parenthesized!(content in input);
    inside(&content, |content| {
        let near = content.parse().map_err(says(BETWEEN))?;
        content.parse::<Token![,]>().map_err(says(BETWEEN))?;
        let far = content.parse().map_err(says(BETWEEN))?;
        content.parse::<Option<Token![,]>>()?;
        if content.is_empty() { Ok((model, near, far)) } else { Err(content.error(BETWEEN)) }
    })
}

/// `item(order, product) = OrderItem, on_delete = cascade`
fn foreign_key(input: ParseStream<'_>) -> Result<Vec<RelationInput>> {
    let ident: Ident = input.parse().map_err(says(FOREIGN_KEY))?;
    let fields = names(input)?.filter(|fields| !fields.is_empty());
    let fields = fields.ok_or_else(|| Error::new(ident.span(), FOREIGN_KEY))?;
    input.parse::<Token![=]>().map_err(says(FOREIGN_KEY))?;
    let to: Path = input.parse().map_err(says(FOREIGN_KEY))?;
    let target = match names(input)?.map(<[Ident; 1]>::try_from) {
        None => None,
        Some(Ok([field])) => Some(field),
        Some(Err(_)) => {
            return Err(Error::new_spanned(
                to,
                "a relation leads to the primary key, or to one unique field: `Country(code)`",
            ));
        }
    };
    let mut foreign_key = ForeignKeyInput { fields, to, target, on_delete: None };
    while !input.is_empty() {
        input.parse::<Token![,]>().map_err(says(FOREIGN_KEY))?;
        if input.is_empty() {
            break;
        }
        let key: Ident = input.parse().map_err(says(FOREIGN_KEY))?;
        match key.to_string().as_str() {
            "on_delete" => set(&mut foreign_key.on_delete, &key, on_delete(&key, input)?)?,
            _ => return Err(attribute::unknown(&key, &["on_delete"])),
        }
    }
    Ok(vec![RelationInput { ident, kind: KindInput::ForeignKey(Box::new(foreign_key)) }])
}

/// `(order, product)`, if there are parentheses.
fn names(input: ParseStream<'_>) -> Result<Option<Vec<Ident>>> {
    if !input.peek(syn::token::Paren) {
        return Ok(None);
    }
    let content;
    parenthesized!(content in input);
    inside(&content, |names| {
        Ok(Some(
            names.parse_terminated(<Ident as syn::parse::Parse>::parse, Token![,])?.into_iter().collect(),
        ))
    })
}
