"""Work on issues: how long it takes, and who has done it when."""
