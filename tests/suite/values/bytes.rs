//! Bytes of any value, as `Vec<u8>` and as `Bytes`.

use ::bytes::Bytes;
use orm::prelude::*;

use super::*;

fn examples() -> Vec<Vec<u8>> {
    vec![
        vec![],
        vec![0],
        vec![0, 0],
        (0..=255).collect(),
        b"\\x00 '\"`".to_vec(),
        b"a".to_vec(),
        b"a ".to_vec(),
        vec![0xc3, 0x28],
        vec![0xff, 0xfe],
    ]
}

comes_back_in_order!(vec_u8: Vec<u8>, [], {
    let mut values = examples();
    values.sort();
    values
});
comes_back_in_order!(shared: Bytes, [], {
    let mut values: Vec<Bytes> = examples().into_iter().map(Bytes::from).collect();
    values.sort();
    values
});
comes_back!(large: Vec<u8>, [], vec![vec![0xa5; 3 << 20]]);
