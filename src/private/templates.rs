//! Code that is the same for every model but for its names. The derive writes only the names: a macro's tokens are copied inside
//! the compiler, which takes a tenth of the time in which it takes tokens from a derive. Text that the derive has parsed
//! (`TokenStream::from_str`) costs more than both: it is a source file of its own. Where a message has to show what stands here, it
//! shows the derive; what is said at a user's own type stays in the derive.
//!
//! Who wrote a word decides which variable it means: one that a macro and the tokens given to it share is given to it.

/// What is derived for a model. Of each field it is told what all fields have, and in braces what those have that a new row may be
/// given. There are the words, the name (`$part`) and `None` again: what is written for these fields alone can repeat only what is
/// said of them.
#[doc(hidden)]
#[macro_export]
macro_rules! __orm_derived {
    (
        $visibility:vis, $deeper:vis, $model:ident $module:ident $path:ident $now:ident $count:literal
        $fields:ident $draft:ident $new:ident $new_name:literal $only:ident $with:ident
        [
            $module_doc:literal $fields_doc:literal $draft_doc:literal $new_doc:literal $only_doc:literal
            $($with_doc:literal $list:ident)?
        ]
        ($missing:ty) ($read:ty) ($values:pat)
        $(
            [$($docs:tt)*] $accessor:ident $made:ident $type:ty,
            $(@ $position:ty;)? $put:ident $(@ $put_column:path,)? $put_value:expr;
            $({
                [$($given_docs:tt)*] $part:ident $at:tt $new_type:ty, $held:ident $none:ident $give:ident $state:ty, $visit:ident
                $copy:ident $([$column:path])? $given:ident $field_name:literal
            })?
        )*;
        $([$($other_docs:tt)*] $other_accessor:ident $other:ident)*;
        ($($wrap:ident)?) { $($in_new:tt)* } { $($in_draft:tt)* } { $($in_model:tt)* } $($rest:tt)*
    ) => {
        #[doc = $module_doc]
        #[allow(missing_docs, non_camel_case_types)]
        $visibility mod $module {
            // With braces, so that each is a type and no value as well.
            $($deeper struct $made {})*
            $($deeper struct $other {})*
        }
        #[doc = $fields_doc]
        #[allow(missing_docs)]
        $visibility struct $fields<$path = $crate::private::Root<$model>> {
            $($($docs)* pub $made: $crate::$accessor<$path, $module::$made>,)*
            $($($other_docs)* pub $other: $crate::$other_accessor<$path, $module::$other>,)*
        }
        #[doc = $draft_doc]
        #[must_use = "a builder does nothing until `create` or `build` gets it"]
        #[allow(missing_docs, private_interfaces)]
        $visibility struct $draft<S = $missing>(
            ($($($crate::$held<$type>,)?)*),
            $crate::private::State<S>,
        );
        #[doc = $new_doc]
        #[allow(missing_docs, private_interfaces)]
        $visibility struct $new { $($($($given_docs)* pub $made: $new_type,)?)* }
        #[doc = $only_doc]
        $visibility struct $only<L>(L);
        $(
            #[doc = $with_doc]
            #[allow(
                missing_docs, private_interfaces, unused_qualifications, clippy::all, clippy::pedantic, clippy::nursery
            )]
            $visibility type $with<$list> = $crate::private::Loaded<$model, $list>;
        )?

        #[allow(
            dead_code, missing_copy_implementations, missing_debug_implementations, missing_docs, non_camel_case_types,
            non_snake_case, non_upper_case_globals, private_interfaces, unnameable_types, unreachable_code,
            unreachable_pub, unreachable_patterns, unused_qualifications, clippy::all, clippy::pedantic, clippy::nursery
        )]
        const _: () = {
            // Short, because there are many paths, and each of their parts costs the user's compiler a little.
            use $crate::private as __orm;
            use $crate::private::short::*;

            $($rest)*

            $($(impl __Column for $module::$made {
                type Is = __In<$model, $position, $type>;
            })?)*

            impl<$path> __orm::Clone for $fields<$path> {
                #[inline]
                fn clone(&self) -> Self {
                    *self
                }
            }
            impl<$path> ::core::marker::Copy for $fields<$path> {}
            impl<$path: 'static> __orm::Fields for $fields<$path> {
                const REF: &'static Self = &$fields {
                    $($made: __orm::$accessor::NEW,)*
                    $($other: __orm::$other_accessor::NEW,)*
                };
            }

            impl<__S: __orm::RequiredFields> $draft<__S> {
                $($($($given_docs)*
                pub fn $made(mut self, value: impl __IntoField<$type>) -> $draft<$state> {
                    $give(&mut (self.0).$at, value);
                    $draft(self.0, __PhantomData)
                })?)*
                $($in_draft)*
            }
            impl<__S: __orm::AllGiven> __orm::Complete for $draft<__S> {
                type New = $new;
                fn complete(self) -> $new {
                    let $draft(($($($part,)?)*), _) = self;
                    $new { $($($made: $given($made),)?)* }
                }
            }
            impl<__S: __orm::AllGiven> ::core::convert::From<$draft<__S>> for $new {
                fn from(draft: $draft<__S>) -> Self {
                    __orm::Complete::complete(draft)
                }
            }

            impl __orm::Clone for $new {
                #[inline]
                fn clone(&self) -> Self {
                    $new { $($($made: $copy $(::<$column>)? (&self.$made),)?)* }
                }
            }
            impl ::core::fmt::Debug for $new {
                #[inline]
                fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    __orm::debug_new(self, $new_name, f)
                }
            }
            impl __orm::NewModel for $new {
                type Model = $model;
                type Read = $read;
                #[inline]
                fn from_read($values: Self::Read) -> Self {
                    $new { $($($part,)?)* }
                }
                #[inline]
                fn visit(&self, visitor: &mut dyn __orm::NewVisitor) {
                    $($($visit $(::<$column>)? (visitor, &self.$made);)?)*
                }
                #[inline]
                fn put_values(self, $now: __orm::DateTime<__orm::Utc>, row: &mut __orm::NewValues) {
                    let Self { $($($part,)?)* } = self;
                    row.begin($count);
                    $($put $(::<$put_column>)? (row, $put_value);)*
                }
                $($in_new)*
            }
            impl __orm::Known for $new {
                type As = __orm::OfNew;
            }
            // With a lifetime in it, a bound that does not hold is no mistake until somebody needs it.
            impl<'de> __orm::Deserialize<'de> for $new
            where
                Self: __orm::DeserializeNew<'de>,
            {
                fn deserialize<__D: __orm::Deserializer<'de>>(
                    deserializer: __D,
                ) -> ::core::result::Result<Self, __D::Error> {
                    __orm::DeserializeNew::read(deserializer, $new_name, &[$($($field_name,)?)*])
                }
            }

            impl<__L> $only<__L> {
                $($($docs)*
                pub fn $made<I>(&self) -> &$type
                where
                    __L: __HasField<$module::$made, I, $type>,
                {
                    __loaded_field(&self.0)
                })*
            }
            #[automatically_derived]
            impl __orm::Model for $model {
                type Fields<$path: __orm::Path<Target = Self>> = $fields<$path>;
                type Draft = $draft;
                type New = $new;
                type Only<__L: __orm::LoadedFields> = $only<__L>;
                type With<__L: ::core::marker::Send + 'static> = $with<__L>;
                #[inline]
                fn empty_draft() -> $draft {
                    $draft(($($($none,)?)*), __PhantomData)
                }
                fn with<__L: ::core::marker::Send + 'static>(row: __orm::Loaded<Self, __L>) -> $with<__L> {
                    $($wrap)?(row)
                }
                fn only<__L: __orm::LoadedFields>(fields: __L) -> $only<__L> {
                    $only(fields)
                }
                fn only_fields<__L: __orm::LoadedFields>(row: &$only<__L>) -> &__L {
                    &row.0
                }
                $($in_model)*
            }
            impl __orm::FromRaw for $model {
                type Decode = __orm::ByColumnName<Self>;
            }
        };
    };
}

/// How a row is read, a field at each column, and a field's value by its position.
#[doc(hidden)]
#[macro_export]
macro_rules! __orm_read_and_value {
    ($($at:literal $field:ident $read:ident $to_value:ident $([$column:path])?)*) => {
        fn from_row<__R: __orm::Row + ?::core::marker::Sized>(row: &mut __R, at: usize) -> __orm::Result<Self> {
            let mut reader = __orm::Reader::new(row, at);
            if $(let __Some($field) = $read $(::<$column, __R>)? (&mut reader))&&* {
                return __Ok(Self { $($field,)* });
            }
            __Err(reader.into_error(<Self as __orm::Described>::FIELDS))
        }
        #[inline]
        fn value(&self, at: usize) -> ::core::result::Result<__orm::Value, __orm::ValueError> {
            match at {
                $($at => $to_value $(::<$column>)? (&self.$field),)*
                _ => __Err(__orm::no_such_field()),
            }
        }
    };
}

/// What a row with related rows implements. All that its accessors do is the library's work; those of a row without compile nowhere,
/// and their error says which call is missing.
#[doc(hidden)]
#[macro_export]
macro_rules! __orm_with_relations {
    (
        $model:ident $module:ident $with:ident ($($compared:ident)?)
        $([$($docs:tt)*] $made:ident $has:ident)*
    ) => {
        #[automatically_derived]
        impl<__L> $with<__L> {
            $($($docs)*
            pub fn $made<I, D>(&self) -> &D
            where
                __L: __orm::$has<$module::$made, I, D>,
            {
                self.0.loaded().related()
            })*
        }
        #[automatically_derived]
        impl $model {
            $($($docs)*
            pub fn $made<I, D>(&self) -> &D
            where
                __orm::Nil: __orm::$has<$module::$made, I, D>,
            {
                __orm::$has::<$module::$made, I, D>::related(&__orm::Nil)
            })*
        }
        #[automatically_derived]
        impl<__L> ::core::ops::Deref for $with<__L> {
            type Target = $model;
            fn deref(&self) -> &$model {
                self.0.row()
            }
        }
        #[automatically_derived]
        impl<__L> ::core::ops::DerefMut for $with<__L> {
            fn deref_mut(&mut self) -> &mut $model {
                self.0.row_mut()
            }
        }
        // It compares, prints and serializes, if what is in it does.
        #[automatically_derived]
        impl<__L> __orm::Clone for $with<__L>
        where
            __orm::Loaded<$model, __L>: __orm::Clone,
        {
            fn clone(&self) -> Self {
                $with(self.0.clone())
            }
        }
        #[automatically_derived]
        impl<__L> ::core::cmp::PartialEq for $with<__L>
        where
            __orm::Loaded<$model, __L>: ::core::cmp::PartialEq,
        {
            fn eq(&self, other: &Self) -> bool {
                self.0 == other.0
            }
        }
        #[automatically_derived]
        impl<__L> ::core::cmp::Eq for $with<__L> where __orm::Loaded<$model, __L>: ::core::cmp::Eq {}
        #[automatically_derived]
        impl<__L> ::core::hash::Hash for $with<__L>
        where
            __orm::Loaded<$model, __L>: ::core::hash::Hash,
        {
            fn hash<H: ::core::hash::Hasher>(&self, state: &mut H) {
                self.0.hash(state)
            }
        }
        #[automatically_derived]
        impl<__L> ::core::fmt::Debug for $with<__L>
        where
            __orm::Loaded<$model, __L>: ::core::fmt::Debug,
        {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(&self.0, f)
            }
        }
        #[automatically_derived]
        impl<__L> __orm::Serialize for $with<__L>
        where
            __orm::Loaded<$model, __L>: __orm::Serialize,
        {
            fn serialize<S: __orm::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
                __orm::Serialize::serialize(&self.0, serializer)
            }
        }
        #[automatically_derived]
        impl<__L: ::core::marker::Send + 'static> __orm::LoadedRow for $with<__L> {
            type Model = $model;
            type Loaded = __L;
            fn into_parts(self) -> ($model, __L) {
                self.0.into_parts()
            }
            fn row(&self) -> &$model {
                self.0.row()
            }
        }
        #[automatically_derived]
        impl<__L: ::core::marker::Send + 'static> __orm::RowParts for $with<__L> {
            fn parts_mut(&mut self) -> (&$model, &mut __L) {
                self.0.parts_mut()
            }
        }
        #[automatically_derived]
        impl<__L, __N, __I, __D> __orm::HasNamed<__N, __I, __D> for $with<__L>
        where
            __L: __orm::HasMany<__N, __I, __D>,
        {
            fn named(&self) -> &__D {
                self.0.loaded().related()
            }
        }
        // It stands for the row, wherever a key is wanted.
        $(
            #[automatically_derived]
            #[diagnostic::do_not_recommend]
            impl<__L, __S> __orm::IntoExpr<__orm::ForeignKey<$model>, __S> for &$compared<__L> {
                type Null = __orm::Required;
                type Scope = __S;
                #[inline]
                fn into_operand(self) -> __orm::Node {
                    __orm::operand(__orm::ForeignKey::to(self.0.row()))
                }
            }
        )?
        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl<__L> __orm::IntoField<__orm::ForeignKey<$model>> for &$with<__L> {
            #[inline]
            fn into_field(self) -> __orm::ForeignKey<$model> {
                __orm::ForeignKey::to(self.0.row())
            }
        }
        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl<__L> __orm::IntoField<::core::option::Option<__orm::ForeignKey<$model>>> for &$with<__L> {
            #[inline]
            fn into_field(self) -> ::core::option::Option<__orm::ForeignKey<$model>> {
                __Some(__orm::ForeignKey::to(self.0.row()))
            }
        }
    };
}
