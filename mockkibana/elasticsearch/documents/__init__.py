"""Documents: how they are written, one by one and many at once."""
