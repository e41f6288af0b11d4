"""Ingest pipelines: what is done to a document before it is indexed."""
