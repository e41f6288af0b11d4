"""The one way out of a run: what it sends, and who stands at the other end."""
