"""Projects of a Jira site, with their fields, people and metadata."""
