"""Why a value was refused: the failure as a value, and the exception that carries it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from marshmallow import ValidationError, missing


@dataclass(frozen=True, slots=True)
class Failure:
    """One refusal, seen from the field that made it; outer fields add their keys with `under`.

    `text` is the message without its path, `path` the keys from the value that was loaded down to
    the faulty one, `branches` the refusals of a union's alternatives.

    `label` is set for texts that Kibana leaves to joi, which begin with the name of the value: it
    holds the keys since the last record (each entry of a record is validated on its own).
    `apart` says that the branches start at an entry of a record and take no keys from outside.
    """

    text: str
    path: tuple[str, ...] = ()
    branches: tuple[Failure, ...] = ()
    label: tuple[str | int, ...] | None = None
    apart: bool = False

    def under(self, key: str | int) -> Failure:
        """Return this failure as seen from the object or array that holds the value at `key`."""
        branches = self.branches
        if branches and not self.apart:
            branches = tuple(branch.under(key) for branch in branches)
        return Failure(
            self.text,
            (str(key), *self.path),
            branches,
            None if self.label is None else (key, *self.label),
            self.apart,
        )

    def under_entry(self, segment: str) -> Failure:
        """Return this failure as seen from the record or map whose entry it is about.

        Every line of a union stays as seen from the entry: only the first line gets the path.
        """
        return replace(
            self, text=self._labelled(), label=None, path=(segment, *self.path), apart=True
        )

    def as_branch(self, index: int) -> Failure:
        """Return this failure as a line of a union: the alternative's index starts its path.

        Lines of a list below it do not get the index, as in Kibana.
        """
        return replace(self, path=(str(index), *self.path))

    def sentence(self, namespace: str = "") -> str:
        """Return the message as Kibana words it, its paths starting with `namespace`."""
        return self._sentence((namespace,) if namespace else (), 0)

    def _labelled(self) -> str:
        if self.label is None:
            return self.text
        label = ""
        for key in self.label:
            if isinstance(key, int):
                label += f"[{key}]"
            else:
                label += f".{key}" if label else key
        return f'"{label or "value"}" {self.text}'

    def _sentence(self, namespace: tuple[str, ...], level: int) -> str:
        text = self._labelled()
        indent = " " * level
        for branch in self.branches:
            text += f"\n{indent}- {branch._sentence(namespace, level + 1)}"
        path = ".".join(namespace + self.path)
        return f"[{path}]: {text}" if namespace or self.path else text


class Refused(ValidationError):
    """A value does not fit its schema; `failure` says where and why."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.sentence())
        self.failure = failure


_KINDS: dict[type, str] = {
    type(missing): "undefined",
    type(None): "null",
    bool: "boolean",
    str: "string",
    int: "number",
    float: "number",
    list: "Array",
    dict: "Object",
    bytes: "Uint8Array",
}


def kind(value: Any) -> str:
    """Return the word that Kibana's messages use for the type of a value (type-detect's)."""
    for base in type(value).__mro__:
        if base in _KINDS:
            return _KINDS[base]
    return "Object"
