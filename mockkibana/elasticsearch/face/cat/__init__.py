"""The cat APIs: tables for people, as text or as JSON."""
