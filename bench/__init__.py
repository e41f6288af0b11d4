"""Measurements: ratios between rivals that take turns in one run."""
