//! What everything that is an expression by itself can do: stand in comparisons, conditions, orders and selections.

/// Implements the traits of an expression for a type `$name<scope, type>` that is one.
macro_rules! expression_like {
    ($name:ident) => {
        #[diagnostic::do_not_recommend]
        impl<S, X, T, B> $crate::queryset::IntoExpr<B, S> for $name<X, T>
        where
            X: $crate::queryset::scope::Beside<S>,
            T: $crate::value::SqlType<Base = B>,
        {
            type Null = T::Null;
            type Scope = X::Joined;

            fn into_operand(self) -> $crate::ast::Node {
                $crate::queryset::Expression::into_node(self)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<S, X, T> $crate::queryset::IntoPredicate<S> for $name<X, T>
        where
            X: $crate::queryset::scope::Within<S>,
            T: $crate::value::SqlType + $crate::queryset::expression::Truth,
        {
            fn into_condition(self) -> $crate::ast::Node {
                $crate::queryset::Expression::into_node(self)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<S, X, T> $crate::queryset::expression::Condition<S> for $name<X, T>
        where
            X: $crate::queryset::scope::Beside<S>,
            T: $crate::value::SqlType + $crate::queryset::expression::Truth,
        {
            type Joined = X::Joined;

            fn into_term(self) -> $crate::ast::Node {
                $crate::queryset::Expression::into_node(self)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<S, X, T> $crate::queryset::IntoOrder<S> for $name<X, T>
        where
            X: $crate::queryset::scope::Within<$crate::queryset::scope::Windowed<S>>,
            T: $crate::value::SqlType,
        {
            fn push_order(self, terms: &mut Vec<$crate::ast::OrderBy>) {
                $crate::queryset::IntoOrder::<S>::push_order(
                    $crate::queryset::OrderExpression::asc(self),
                    terms,
                );
            }
        }

        #[diagnostic::do_not_recommend]
        impl<S, X, T> $crate::queryset::selection::SelectableOne<S> for $name<X, T>
        where
            X: $crate::queryset::scope::Within<$crate::queryset::scope::Windowed<S>>,
            T: $crate::value::SqlType,
        {
            type Type = T;
            type Scope = X;

            fn into_selected(self) -> $crate::ast::Node {
                $crate::queryset::selection::selected::<T>($crate::queryset::Expression::into_node(self))
            }
        }

        $crate::queryset::selection::single! {
            [X, T] $name<X, T>;
        }

        $crate::queryset::project::column_part! {
            [X, T] $name<X, T>;
        }
    };
}
pub(crate) use expression_like;
