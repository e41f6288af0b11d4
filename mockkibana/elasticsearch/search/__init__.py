"""Searches: queries, their scores, sorting, and the hits."""
