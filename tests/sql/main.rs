//! What querysets and models become on each database, side by side; no database is needed.
