"""Fields that choose between other fields: unions, optional values and conditions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import missing

from mockkibana.json import Json
from mockkibana.validation.failure import Failure
from mockkibana.validation.field import EVERY_TYPE, NO_TYPE, NOTHING_BESIDE, Field
from mockkibana.validation.scalars import Literal
from mockkibana.validation.schema import Object, Schema, as_field


class OneOf(Field):
    """A value of the first alternative that accepts it.

    Alternatives that cannot accept a value, because of its type or of a literal key of theirs, are
    not tried; when none accepts it, the failure lists what each of them says.
    """

    def __init__(self, alternatives: Sequence[Field | Schema], **options: Any) -> None:
        super().__init__(**options)
        self.alternatives = tuple(as_field(alternative) for alternative in alternatives)
        self.takes = NO_TYPE.union(*(field.takes for field in self.alternatives))
        self.siblings = frozenset[str]().union(*(field.siblings for field in self.alternatives))
        self._by_type = {
            kind: tuple(field for field in self.alternatives if kind in field.takes)
            for kind in EVERY_TYPE
        }
        if self.rule is None:
            self.passes = frozenset(
                kind
                for kind, fields in self._by_type.items()
                if fields and kind in fields[0].passes
            )
        self._by_word = _by_word(self._by_type[str])
        self._key, self._by_literal, self._unkeyed = _by_literal(self._by_type[dict])

    def _check_inside(self, value: Json, beside: Mapping[str, Json], strip: bool, /) -> Any:
        tried: dict[Field, Failure] = {}
        if value is missing:
            read = (field.read(value, beside, strip) for field in self.alternatives)
            refused = tuple(loaded for loaded in read if type(loaded) is Failure)
            return Failure("union", self._key, value, (), refused)
        for field in self._candidates(value):
            loaded = field.read(value, beside, strip)
            if type(loaded) is not Failure:
                return loaded
            tried[field] = loaded
        failures = tuple(
            tried.get(field) or field.read(value, beside, strip) for field in self.alternatives
        )
        if len(failures) == 1:
            return failures[0]
        return Failure("union", self._key, value, (), failures)

    def _candidates(self, value: Json) -> Sequence[Field]:
        kind = type(value)
        if kind is str and self._by_word is not None:
            return self._by_word.get(value, ())
        if kind is dict and self._key is not None:
            word = value.get(self._key)
            known = type(word) is str and word in self._by_literal
            return self._by_literal[word] if known else self._unkeyed
        return self._by_type.get(kind, self.alternatives)

    def words(self) -> frozenset[str] | None:
        """Return the strings that this union consists of, or None when there is more to it."""
        if self._by_word is None or self.takes != frozenset((str,)):
            return None
        return frozenset(self._by_word)


def literals(*values: Json, **options: Any) -> OneOf:
    """Return the union of some values."""
    return OneOf([Literal(value) for value in values], **options)


def _by_word(fields: Sequence[Field]) -> dict[str, tuple[Field, ...]] | None:
    """Return the literals among fields by their strings, or None when not all are literals."""
    words: dict[str, tuple[Field, ...]] = {}
    for field in fields:
        if not isinstance(field, Literal):
            return None
        words[field.value] = (*words.get(field.value, ()), field)
    return words or None


def _words_at(field: Field, key: str) -> frozenset[str] | None:
    """Return the strings of which an object has to hold one at a key, None when it is free."""
    inner = field.schema.keyed_fields.get(key) if isinstance(field, Object) else None
    if inner is None or inner.load_default is not missing:
        return None
    if isinstance(inner, Literal):
        return frozenset((inner.value,)) if isinstance(inner.value, str) else None
    return inner.words() if isinstance(inner, OneOf) else None


def _by_literal(
    fields: Sequence[Field],
) -> tuple[str | None, dict[str, tuple[Field, ...]], tuple[Field, ...]]:
    """Find the key whose literals tell most objects apart.

    Returns the key or None, the fields that may accept an object by the string that it holds
    there, and those that may accept it whatever it holds there.
    """
    best: str | None = None
    told_apart = 1
    for key in dict.fromkeys(key for field in fields for key in _keys(field)):
        count = sum(_words_at(field, key) is not None for field in fields)
        if count > told_apart:
            best, told_apart = key, count
    if best is None:
        return None, {}, ()
    words = [(field, _words_at(field, best)) for field in fields]
    return (
        best,
        {
            word: tuple(field for field, own in words if own is None or word in own)
            for word in frozenset[str]().union(*(own or () for _, own in words))
        },
        tuple(field for field, own in words if own is None),
    )


def _keys(field: Field) -> Sequence[str]:
    return tuple(field.schema.keyed_fields) if isinstance(field, Object) else ()


class Nullable(OneOf):
    """A value or null; an absent one is null."""

    def __init__(self, inner: Field | Schema, *, load_default: Any = None, **options: Any) -> None:
        super().__init__((inner, Literal(None)), load_default=load_default, **options)


class Maybe(Field):
    """A value that may be absent, in which case the default of `inner` does not apply.

    Null is checked as any other value.
    """

    def __init__(self, inner: Field | Schema, **options: Any) -> None:
        super().__init__(**options)
        self.inner = as_field(inner)
        self.takes = self.inner.takes
        self.siblings = self.inner.siblings
        if self.rule is None:
            self.passes = self.inner.passes

    def _check_inside(self, value: Json, beside: Mapping[str, Json], strip: bool, /) -> Any:
        return value if value is missing else self.inner.read(value, beside, strip)


class Conditional(Field):
    """A value checked as `then` when a sibling is as stated, else as `otherwise`.

    `sibling` is a key of the same object; `equals` is the string, number, boolean or None that it
    has to hold, or a field that has to accept it. The sibling is loaded first, wherever it is
    declared; an absent one equals nothing, but a field may accept it.
    """

    def __init__(
        self,
        sibling: str,
        equals: Json | Field,
        then: Field | Schema,
        otherwise: Field | Schema,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.sibling = sibling
        self.equals: Field = equals if isinstance(equals, Field) else Literal(equals)
        self.then = as_field(then)
        self.otherwise = as_field(otherwise)
        self.takes = self.then.takes | self.otherwise.takes
        self.siblings = self.then.siblings | self.otherwise.siblings | {sibling}
        if self.rule is None:
            self.passes = self.then.passes & self.otherwise.passes

    def _check_inside(self, value: Json, beside: Mapping[str, Json], strip: bool, /) -> Any:
        found = self.equals.read(beside.get(self.sibling, missing), NOTHING_BESIDE, False)
        chosen = self.otherwise if type(found) is Failure else self.then
        return chosen.read(value, beside, strip)
