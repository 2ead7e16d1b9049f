"""What a centre keeps: the protocol of a store, one in SQLite, one in PostgreSQL."""
