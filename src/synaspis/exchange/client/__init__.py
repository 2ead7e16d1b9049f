"""The partner's side: kit, connection, what is kept, watching, verifying, warning."""
