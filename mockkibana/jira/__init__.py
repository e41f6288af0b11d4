"""The fake Jira: a site with projects, issues, comments, a workflow and JQL."""
