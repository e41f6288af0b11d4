"""A Jira site written down, by a person or by `dump`."""
