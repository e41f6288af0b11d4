"""Mappings: field types, definitions, and the documents that are parsed by them."""
