"""Elasticsearch's security APIs: users, roles, API keys, tokens and privileges."""
