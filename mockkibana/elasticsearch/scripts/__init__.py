"""Scripts in a small and safe part of Painless; all else is refused by name."""
