"""Hints: what a request that was refused was probably meant to be, or what its sender lacks."""
