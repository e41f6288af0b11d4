"""The APIs below `/_security`."""
