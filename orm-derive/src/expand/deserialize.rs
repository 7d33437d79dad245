//! `Deserialize` for the values of a new row.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::Names;
use super::new::given;
use crate::ir::field::Supply;
use crate::ir::model::Model;

/// Fields that have a default, may be NULL or are given by the database need not be there.
pub(crate) fn impls(model: &Model, names: &Names) -> TokenStream {
    let (new, module, new_name) = (&names.new, &model.module, names.new.to_string());
    let fields: Vec<_> = given(model).collect();
    let field_names: Vec<_> = fields.iter().map(|field| field.name.clone()).collect();
    let slots: Vec<_> = (0..fields.len()).map(|at| format_ident!("__slot{at}")).collect();
    // Where a value may be left to others, a null is that, unless it is a value.
    let optional: Vec<_> = fields.iter().map(|field| field.supply.is_wrapped() && !field.nullable).collect();
    let made = fields.iter().map(|field| field.made());
    let columns: Vec<_> = made.map(|made| quote!(#module::#made)).collect();
    let types = columns.iter().zip(&optional).map(|(column, optional)| {
        let value = quote!(<#column as ::orm::private::Column>::Type);
        if *optional { quote!(::core::option::Option<#value>) } else { value }
    });
    // With a lifetime in it, a bound that does not hold is no mistake until somebody needs it.
    let bounds: Vec<_> =
        columns.iter().map(|column| quote!(#column: ::orm::private::DeserializeColumn<'de>)).collect();
    let arms = slots.iter().zip(&field_names).enumerate().map(|(at, (slot, name))| {
        let (column, call) = (&columns[at], if optional[at] { quote!(given_or_null) } else { quote!(given) });
        let at = Literal::usize_unsuffixed(at);
        quote! {
            ::core::option::Option::Some(#at) => {
                ::orm::private::#call::<#column, _>(&mut #slot, #name, &mut map)?
            }
        }
    });
    let members = fields.iter().zip(&slots).map(|(field, slot)| {
        let (made, name) = (field.at_type(), &field.name);
        let value = match field.supply {
            Supply::Required => quote!(::orm::private::missing(#slot, #name)?),
            Supply::Nullable => quote!(#slot.unwrap_or_default()),
            _ => quote!(#slot),
        };
        quote_spanned!(field.type_span()=> #made: #value,)
    });
    let in_order = fields.iter().enumerate().map(|(at, field)| {
        let (made, name, column) = (field.at_type(), &field.name, &columns[at]);
        let call = if optional[at] { quote!(next_or_null) } else { quote!(next) };
        let value = quote!(::orm::private::#call::<#column, _>(&mut sequence, #name)?);
        // What is wrapped once more has a default or a database behind it; what is there is the value.
        let value = if field.supply.is_wrapped() && field.nullable {
            quote!(::core::option::Option::Some(#value))
        } else {
            value
        };
        quote_spanned!(field.type_span()=> #made: #value,)
    });
    let expecting = format!("struct {new_name}");
    let flattened = slots
        .iter()
        .zip(&optional)
        .filter(|(_, optional)| **optional)
        .map(|(slot, _)| quote!(let #slot = #slot.flatten();));
    quote! {
        #[automatically_derived]
        impl<'de> ::orm::private::Deserialize<'de> for #new
        where
            #(#bounds,)*
        {
            fn deserialize<D: ::orm::private::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                const NAMES: &[&str] = &[#(#field_names),*];
                struct Fields;
                impl<'de> ::orm::private::Visitor<'de> for Fields
                where
                    #(#bounds,)*
                {
                    type Value = #new;
                    fn expecting(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                        f.write_str(#expecting)
                    }
                    #[allow(unused_mut)]
                    fn visit_map<A: ::orm::private::MapAccess<'de>>(
                        self,
                        mut map: A,
                    ) -> ::core::result::Result<#new, A::Error> {
                        #(let mut #slots: ::core::option::Option<#types> = ::core::option::Option::None;)*
                        while let ::core::option::Option::Some(field) =
                            map.next_key_seed(::orm::private::Names(NAMES))?
                        {
                            match field {
                                #(#arms)*
                                _ => ::orm::private::pass(&mut map)?,
                            }
                        }
                        #(#flattened)*
                        ::core::result::Result::Ok(#new { #(#members)* })
                    }
                    #[allow(unused_mut)]
                    fn visit_seq<A: ::orm::private::SeqAccess<'de>>(
                        self,
                        mut sequence: A,
                    ) -> ::core::result::Result<#new, A::Error> {
                        ::core::result::Result::Ok(#new { #(#in_order)* })
                    }
                }
                deserializer.deserialize_struct(#new_name, NAMES, Fields)
            }
        }
    }
}
