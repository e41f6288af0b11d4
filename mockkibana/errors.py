"""The base of the exceptions that a user of mockkibana can meet, and the one warning."""

from __future__ import annotations


class MockKibanaError(Exception):
    """Something that was asked of mockkibana cannot be; the text says what was expected.

    Of this kind are all exceptions that `mockkibana` exports. What is wrong with an argument as
    such is a TypeError or a ValueError, and what a test asserts an AssertionError, as ever.
    """


class MockKibanaWarning(UserWarning):
    """Something that a tester may not know, and that is no error.

    mockkibana did what is documented where a real Kibana would not, a route was missing, or a fault
    rule can match nothing. Filter it as any warning:
    `ignore:incident-title:mockkibana.MockKibanaWarning`.
    """
