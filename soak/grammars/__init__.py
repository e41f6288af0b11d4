"""What the fuzz asks each face."""
