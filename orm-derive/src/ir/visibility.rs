//! The struct's visibility, as it is written one module deeper.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Visibility;

/// What has the struct's visibility, written inside a module beside the struct. Not simply `pub`: the compiler
/// compares what is written, not what can be reached.
pub(crate) fn one_deeper(visibility: &Visibility) -> TokenStream {
    let path = match visibility {
        Visibility::Public(_) => return quote!(pub),
        Visibility::Inherited => return quote!(pub(super)),
        Visibility::Restricted(restricted) => &restricted.path,
    };
    if path.is_ident("self") {
        return quote!(pub(super));
    }
    match path.segments.first() {
        Some(first) if first.ident == "super" => quote!(pub(in super::#path)),
        _ => quote!(#visibility),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_paths_get_one_more_step() {
        for (written, deeper) in [
            ("", "pub (super)"),
            ("pub", "pub"),
            ("pub(crate)", "pub (crate)"),
            ("pub(self)", "pub (super)"),
            ("pub(super)", "pub (in super :: super)"),
            ("pub(in super::super)", "pub (in super :: super :: super)"),
            ("pub(in crate::shop)", "pub (in crate :: shop)"),
        ] {
            assert_eq!(one_deeper(&syn::parse_str(written).unwrap()).to_string(), deeper);
        }
    }
}
