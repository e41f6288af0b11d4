"""The base of the exceptions that a user of mockkibana can meet."""

from __future__ import annotations


class MockKibanaError(Exception):
    """Something that was asked of mockkibana cannot be; the text says what was expected.

    Of this kind are all exceptions that `mockkibana` exports. What is wrong with an argument as
    such is a TypeError or a ValueError, and what a test asserts an AssertionError, as ever.
    """
