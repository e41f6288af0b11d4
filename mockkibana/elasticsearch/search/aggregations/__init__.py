"""Aggregations: each module names those that it makes in `AGGREGATIONS`."""
