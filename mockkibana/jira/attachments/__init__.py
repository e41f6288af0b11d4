"""Attachments: files on issues, and how forms bring them."""
