"""JQL: from the text of a query to the issues that it finds."""
