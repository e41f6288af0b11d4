"""Indices: names, aliases, settings and templates."""
