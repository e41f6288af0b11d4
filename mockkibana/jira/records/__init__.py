"""Records of a Jira site: what the store keeps of an issue, and how it is found."""
