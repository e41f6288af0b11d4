"""Links of issues: to one another, and to what is elsewhere."""
