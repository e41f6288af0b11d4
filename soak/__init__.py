"""Long runs, which nobody wants to wait for at every change."""
