"""The connector types, one module each."""
