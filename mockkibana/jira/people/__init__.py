"""People of a Jira site: its users and their groups."""
