"""Issues of a Jira site: input, workflow, comments, history, and how they are shown."""
