"""A viewer: who asks Jira, under which URL, and in which version of its API."""

from __future__ import annotations

from dataclasses import dataclass

from mockkibana.jira.texts import TEXTS, Texts


@dataclass(frozen=True, slots=True)
class Viewer:
    """What a request is answered by.

    `user` is a name, an e-mail address or an account id, and None the administrator `admin`, who
    sees everything. `url` is the base under which the caller sees Jira, without a slash at its
    end: the beginning of every `self`. `version` is "2" or "3" (rich text as documents), `flavour`
    the setting `jira_flavour`.
    """

    user: str | None = None
    url: str = ""
    version: str = "2"
    flavour: str = "hybrid"

    @property
    def texts(self) -> Texts:
        """How Jira words what it refuses this viewer."""
        return TEXTS[self.flavour]


ADMINISTRATOR = Viewer()
"""The administrator, in version 2, for whoever does not look at a `self`."""
