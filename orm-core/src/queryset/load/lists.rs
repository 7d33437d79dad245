//! What can be loaded as a list: one relation, or a tuple of up to 8.

/// Implements a trait of lists for one relation of each of these types, and for tuples of relations.
macro_rules! load_lists {
    ($list:ident $into:ident $method:ident; $([$($generics:tt)*] $type:ty;)*) => {
        $(
            impl<Base: Path<Target: Model>, $($generics)*> $list<Base> for $type
            where
                $type: $into<Base>,
            {
                type Plan<L: Loads<Base::Target>> = Plan<<$type as $into<Base>>::Load, L>;

                fn plan<L: Loads<Base::Target>>(self, selecting: &mut Selecting, rest: L) -> Self::Plan<L> {
                    Plan::new($into::<Base>::$method(self, selecting), rest)
                }
            }
        )*

        load_lists! { @tuple $list $into $method (A 0) (A) }
        load_lists! { @tuple $list $into $method (A 0, B 1) (B A) }
        load_lists! { @tuple $list $into $method (A 0, B 1, C 2) (C B A) }
        load_lists! { @tuple $list $into $method (A 0, B 1, C 2, D 3) (D C B A) }
        load_lists! { @tuple $list $into $method (A 0, B 1, C 2, D 3, E 4) (E D C B A) }
        load_lists! { @tuple $list $into $method (A 0, B 1, C 2, D 3, E 4, F 5) (F E D C B A) }
        load_lists! { @tuple $list $into $method (A 0, B 1, C 2, D 3, E 4, F 5, G 6) (G F E D C B A) }
        load_lists! { @tuple $list $into $method (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7) (H G F E D C B A) }
    };
    (@tuple $list:ident $into:ident $method:ident ($($name:ident $at:tt),+) ($($reversed:ident)+)) => {
        impl<Base: Path<Target: Model>, $($name: $into<Base>),+> $list<Base> for ($($name,)+) {
            type Plan<Rest: Loads<Base::Target>> = load_lists!(@plan $into Base Rest $($reversed)+);

            fn plan<Rest: Loads<Base::Target>>(self, selecting: &mut Selecting, rest: Rest) -> Self::Plan<Rest> {
                $(let rest = Plan::new(self.$at.$method(selecting), rest);)+
                rest
            }
        }
    };
    (@plan $into:ident $base:ident $rest:ident) => { $rest };
    // The last one loaded is the first of the list.
    (@plan $into:ident $base:ident $rest:ident $last:ident $($before:ident)*) => {
        Plan<<$last as $into<$base>>::Load, load_lists!(@plan $into $base $rest $($before)*)>
    };
}
pub(super) use load_lists;
