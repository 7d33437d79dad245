"""The page of `examples/shop` that `cargo xtask load` measures, as an async Django project writes it."""
