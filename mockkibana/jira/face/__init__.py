"""The HTTP face of the fake Jira."""
