"""Who may do what: users, roles, API keys and tokens, and the privileges that they give."""
