"""The HTTP face of the fake Elasticsearch."""
