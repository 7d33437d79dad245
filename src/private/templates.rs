//! Code that is the same for every model but for its names. The derive writes only the names: a macro's tokens are copied inside
//! the compiler, which takes a tenth of the time in which it takes tokens from a derive. Text that the derive has parsed
//! (`TokenStream::from_str`) costs more than both: it is a source file of its own. Where a message has to show what stands here, it
//! shows the derive; what is said at a user's own type stays in the derive.
//!
//! They stand where `::orm::private` is `__orm`. Who wrote a word decides which variable it means: one that a macro and the tokens
//! given to it share is given to it.

/// The module with a type for each field, and the struct of accessors.
#[doc(hidden)]
#[macro_export]
macro_rules! __orm_fields {
    (
        $visibility:vis, $deeper:vis, $model:ident $module:ident $fields:ident $path:ident
        $module_doc:literal $doc:literal: $([$($docs:tt)*] $accessor:ident $made:ident)*
    ) => {
        #[doc = $module_doc]
        #[allow(missing_docs, non_camel_case_types)]
        $visibility mod $module {
            // With braces, so that each is a type and no value as well.
            $($deeper struct $made {})*
        }
        #[doc = $doc]
        #[allow(missing_docs)]
        $visibility struct $fields<$path = $crate::private::Root<$model>> {
            $($($docs)* pub $made: $crate::private::$accessor<$path, $module::$made>,)*
        }
    };
}

/// The builder, the values of a new row, and a row with some of the fields.
#[doc(hidden)]
#[macro_export]
macro_rules! __orm_types {
    (
        $visibility:vis, $draft:ident $draft_doc:literal $missing:ty, $($value:ty,)*;
        $new:ident $new_doc:literal $([$($docs:tt)*] $made:ident $type:ty,)*;
        $only:ident $only_doc:literal
    ) => {
        #[doc = $draft_doc]
        #[must_use = "a builder does nothing until `create` or `build` gets it"]
        #[allow(missing_docs, private_interfaces)]
        $visibility struct $draft<S = $missing>(($($value,)*), $crate::private::State<S>);
        #[doc = $new_doc]
        #[allow(missing_docs, private_interfaces)]
        $visibility struct $new { $($($docs)* pub $made: $type,)* }
        #[doc = $only_doc]
        $visibility struct $only<L>(L);
    };
}

/// The columns whose types the derive knows by name.
#[doc(hidden)]
#[macro_export]
macro_rules! __orm_columns {
    ($model:ident $module:ident: $($made:ident $position:ty, $type:ty,)*) => {
        $(impl __orm::Column for $module::$made {
            type Is = __orm::In<$model, $position, $type>;
        })*
    };
}

/// What the struct of accessors implements.
#[doc(hidden)]
#[macro_export]
macro_rules! __orm_accessors {
    ($fields:ident $path:ident: $($accessor:ident $made:ident)*) => {
        impl<$path> __orm::Clone for $fields<$path> {
            #[inline]
            fn clone(&self) -> Self {
                *self
            }
        }
        impl<$path> ::core::marker::Copy for $fields<$path> {}
        impl<$path: 'static> __orm::Fields for $fields<$path> {
            const REF: &'static Self = &$fields { $($made: __orm::$accessor::NEW,)* };
        }
    };
}

/// The setters of a builder: of required fields, of those that may be left to others, and of those that may be NULL.
#[doc(hidden)]
#[macro_export]
macro_rules! __orm_setters {
    (
        $draft:ident
        $([$($required_docs:tt)*] $required:ident $required_at:tt $required_type:ty, $way:ty,)*;
        $([$($wrapped_docs:tt)*] $wrapped:ident $wrapped_at:tt $wrapped_type:ty,)*;
        $([$($docs:tt)*] $made:ident $at:tt $type:ty,)*
    ) => {
        $($($required_docs)*
        pub fn $required(mut self, value: impl __orm::IntoField<$required_type>) -> $draft<__S::Give<$way>> {
            __orm::give(&mut (self.0).$required_at, value);
            $draft(self.0, __orm::PhantomData)
        })*
        $($($wrapped_docs)*
        pub fn $wrapped(mut self, value: impl __orm::IntoField<$wrapped_type>) -> Self {
            __orm::give(&mut (self.0).$wrapped_at, value);
            self
        })*
        $($($docs)*
        pub fn $made(mut self, value: impl __orm::IntoField<$type>) -> Self {
            (self.0).$at = __orm::IntoField::into_field(value);
            self
        })*
    };
}

/// The end of a builder.
#[doc(hidden)]
#[macro_export]
macro_rules! __orm_complete {
    ($draft:ident $new:ident: $($made:ident)*; $($required:ident)*; $($rest:ident)*) => {
        impl<__S: __orm::AllGiven> __orm::Complete for $draft<__S> {
            type New = $new;
            fn complete(self) -> $new {
                let $draft(($($made,)*), _) = self;
                $new { $($required: __orm::given($required),)* $($rest,)* }
            }
        }
        impl<__S: __orm::AllGiven> ::core::convert::From<$draft<__S>> for $new {
            fn from(draft: $draft<__S>) -> Self {
                __orm::Complete::complete(draft)
            }
        }
    };
}

/// What the values of a new row implement.
#[doc(hidden)]
#[macro_export]
macro_rules! __orm_new {
    (
        $new:ident $name:literal $model:ident $module:ident:
        $($visit:ident $made:ident $copy:ident $([$copied:path])?,)*;
        $now:ident $count:literal $($put:ident $([$column:path])? ($($value:tt)*))*; $($validate:tt)*
    ) => {
        impl __orm::Clone for $new {
            #[inline]
            fn clone(&self) -> Self {
                $new { $($made: __orm::$copy $(::<$copied>)? (&self.$made),)* }
            }
        }
        impl ::core::fmt::Debug for $new {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                __orm::debug_new(self, $name, f)
            }
        }
        impl __orm::NewModel for $new {
            type Model = $model;
            fn visit<__V: __orm::NewVisitor>(&self, visitor: &mut __V) {
                $(__orm::$visit::<$module::$made, __V>(visitor, &self.$made);)*
            }
            $($validate)*
            #[inline]
            fn put_values(self, $now: __orm::DateTime<__orm::Utc>, row: &mut __orm::NewValues) {
                let Self { $($made),* } = self;
                row.begin($count);
                $(__orm::$put $(::<$column>)? (row, $($value)*);)*
            }
        }
        impl __orm::Known for $new {
            type As = __orm::OfNew;
        }
    };
}

/// `Deserialize` for the values of a new row.
#[doc(hidden)]
#[macro_export]
macro_rules! __orm_deserialize {
    ($new:ident $name:literal $values:tt: $($made:ident $slot:ident $field:literal)*) => {
        // With a lifetime in it, a bound that does not hold is no mistake until somebody needs it.
        impl<'de> __orm::Deserialize<'de> for $new
        where
            __Slots: __orm::Slots<'de>,
        {
            fn deserialize<__D: __orm::Deserializer<'de>>(deserializer: __D) -> ::core::result::Result<Self, __D::Error> {
                match __orm::deserialize::<__Slots, __D>(deserializer, $name, &[$($field),*]) {
                    __orm::Ok($values) => __orm::Ok($new { $($made: $slot,)* }),
                    __orm::Err(error) => __orm::Err(error),
                }
            }
        }
    };
}

/// What a row with some of a model's fields implements.
#[doc(hidden)]
#[macro_export]
macro_rules! __orm_partial_row {
    ($only:ident $name:literal $module:ident: $([$($docs:tt)*] $made:ident $type:ty,)*) => {
        impl<__L> $only<__L> {
            $($($docs)*
            pub fn $made<I>(&self) -> &$type
            where
                __L: __orm::HasField<$module::$made, I, $type>,
            {
                __orm::loaded_field(&self.0)
            })*
        }
        impl<__L: __orm::Clone> __orm::Clone for $only<__L> {
            fn clone(&self) -> Self {
                $only(__orm::Clone::clone(&self.0))
            }
        }
        impl<__L: ::core::cmp::PartialEq> ::core::cmp::PartialEq for $only<__L> {
            fn eq(&self, other: &Self) -> bool {
                self.0 == other.0
            }
        }
        impl<__L: __orm::LoadedFields> ::core::fmt::Debug for $only<__L> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                __orm::debug_loaded($name, &self.0, f)
            }
        }
        impl<__L: __orm::SerializeFields> __orm::Serialize for $only<__L> {
            fn serialize<__S: __orm::Serializer>(
                &self,
                serializer: __S,
            ) -> ::core::result::Result<__S::Ok, __S::Error> {
                __orm::serialize_loaded(&self.0, serializer)
            }
        }
    };
}

/// What is in `impl Model` of every model.
#[doc(hidden)]
#[macro_export]
macro_rules! __orm_model {
    (
        $path:ident $fields:ident $draft:ident ($($none:ident)*) $new:ident $only:ident
        $with:ident ($($wrap:ident)?) ($($key_type:tt)*) ($($key:tt)*)
    ) => {
        const META: &'static __orm::ModelMeta = &__ORM_MODEL;
        type Key = $($key_type)*;
        type Fields<$path: __orm::Path<Target = Self>> = $fields<$path>;
        type Draft = $draft;
        type New = $new;
        type Only<__L: __orm::LoadedFields> = $only<__L>;
        type With<__L: ::core::marker::Send + 'static> = $with<__L>;
        #[inline]
        fn draft() -> $draft {
            $draft(($(__orm::$none,)*), __orm::PhantomData)
        }
        fn with<__L: ::core::marker::Send + 'static>(row: __orm::Loaded<Self, __L>) -> $with<__L> {
            $($wrap)?(row)
        }
        fn only<__L: __orm::LoadedFields>(fields: __L) -> $only<__L> {
            $only(fields)
        }
        #[inline]
        fn key(&self) -> Self::Key {
            $crate::__orm_key!(self $($key)*)
        }
    };
}

/// A copy of a row's key.
#[doc(hidden)]
#[macro_export]
macro_rules! __orm_key {
    // Only after a mistake, beside which this is never run.
    ($row:ident) => { ::core::unreachable!() };
    ($row:ident $key:ident) => { __orm::Clone::clone(&$row.$key) };
    ($row:ident $($key:ident)*) => { ($(__orm::Clone::clone(&$row.$key)),*) };
}

/// How a row is read, a field at each column, and a field's value by its position.
#[doc(hidden)]
#[macro_export]
macro_rules! __orm_read_and_value {
    ($($at:literal $field:ident $read:ident $to_value:ident $([$column:path])?)*) => {
        fn from_row<__R: __orm::Row + ?::core::marker::Sized>(row: &mut __R, at: usize) -> __orm::Result<Self> {
            let mut reader = __orm::Reader::new(row, at);
            'read: {
                return __orm::Ok(Self {
                    $($field: match __orm::$read $(::<$column, __R>)? (&mut reader) {
                        __orm::Some(value) => value,
                        __orm::None => break 'read,
                    },)*
                });
            }
            __orm::Err(reader.into_error(<Self as __orm::FieldMetas>::FIELDS))
        }
        #[inline]
        fn value(&self, at: usize) -> ::core::result::Result<__orm::Value, __orm::ValueError> {
            match at {
                $($at => __orm::$to_value $(::<$column>)? (&self.$field),)*
                _ => __orm::Err(__orm::no_such_field()),
            }
        }
    };
}

/// What a model's struct itself gets.
#[doc(hidden)]
#[macro_export]
macro_rules! __orm_entry {
    ($visibility:vis $model:ident $fields:ident $draft:ident $objects_doc:literal $fields_doc:literal $draft_doc:literal) => {
        impl $model {
            #[doc = $objects_doc]
            #[inline]
            $visibility fn objects() -> __orm::QuerySet<$model> {
                __orm::QuerySet::new()
            }
            #[doc = $fields_doc]
            #[inline]
            $visibility fn fields() -> $fields {
                <$fields as __orm::Fields>::NEW
            }
            #[doc = $draft_doc]
            #[inline]
            $visibility fn draft() -> $draft {
                <$model as __orm::Model>::draft()
            }
        }
        impl __orm::FromRaw for $model {
            type Decode = __orm::ByColumnName<Self>;
        }
    };
}
