"""Fields that choose between other fields: unions, optional values and conditions."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any, Self

from marshmallow import missing

from mockkibana.json import Json
from mockkibana.settings.release import Release
from mockkibana.validation.failure import Failure
from mockkibana.validation.field import EVERY_TYPE, NO_TYPE, NOTHING_BESIDE, Field
from mockkibana.validation.scalars import Literal
from mockkibana.validation.schema import Object, Schema, as_field


class OneOf(Field):
    """A value of the first alternative that accepts it.

    Alternatives that cannot accept a value, because of its type or of a literal key of theirs, are
    not tried; when none accepts it, the failure lists what each of them says.

    What zod says depends on what makes the union there. With `discriminator` it is the key that
    tells the objects apart; literals alone are an enumeration unless they are `apart`. `text`
    stands for zod's own.
    """

    parts = ("alternatives",)

    def __init__(
        self,
        alternatives: Sequence[Field | Schema],
        *,
        discriminator: str | None = None,
        apart: bool = False,
        text: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.alternatives = tuple(as_field(alternative) for alternative in alternatives)
        self.discriminator = discriminator
        self.apart = apart
        self.text = text
        self._derive()

    def _derive(self) -> None:
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

    def _with_parts(self, release: Release, exact: bool) -> Self:
        alternatives = tuple(
            field.resolved(release, exact)
            for field in self.alternatives
            if release.has(field.since, field.until)
        )
        if not exact and alternatives == self.alternatives:
            return self
        made = copy.copy(self)
        made.alternatives = alternatives
        return made

    def _check_inside(self, value: Json, beside: Mapping[str, Json], strip: bool, /) -> Any:
        tried: dict[Field, Failure] = {}
        if value is missing:
            read = (field.read(value, beside, strip) for field in self.alternatives)
            refused = tuple(loaded for loaded in read if type(loaded) is Failure)
            if not self.exact:
                return Failure("union", self.text, value, (), refused)
            return (
                missing if len(refused) < len(self.alternatives) else self._refused(value, refused)
            )
        for field in self._candidates(value):
            loaded = field.read(value, beside, strip)
            if type(loaded) is not Failure:
                return loaded
            tried[field] = loaded
        failures = tuple(
            tried.get(field) or field.read(value, beside, strip) for field in self.alternatives
        )
        if self.exact:
            return self._refused(value, failures)
        if len(failures) == 1:
            return failures[0]
        return Failure("union", self.text, value, (), failures)

    def _refused(self, value: Json, failures: tuple[Failure, ...]) -> Failure:
        """Return what zod says where no alternative fits; null is none of which it speaks."""
        if self.discriminator is not None:
            return self._undiscriminated(value, self.discriminator, failures)
        said = tuple(each for each in failures if (each.code, each.expected) != ("literal", None))
        if len(said) == 1 or not said:
            return (said or failures)[0]
        if not self.apart and all(each.code == "literal" for each in said):
            return Failure("literals", tuple(each.expected for each in said), value)
        return Failure("union", self.text, value, (), said)

    def _undiscriminated(self, value: Json, key: str, failures: tuple[Failure, ...]) -> Failure:
        if not isinstance(value, dict):
            return Failure("type", "object", value)
        words = [_words_at(field, key) or () for field in self.alternatives]
        word = value.get(key, missing)
        for own, failure in zip(words, failures, strict=True):
            if isinstance(word, str) and word in own:
                return failure
        expected = tuple(word for own in words for word in own)
        return Failure("discriminator", expected, word).under(key)

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

    def _derive(self) -> None:
        super()._derive()
        # Null stays null, also where the inner field could make something of it.
        self._by_type[type(None)] = self._by_type[type(None)][::-1]


class Maybe(Field):
    """A value that may be absent, in which case the default of `inner` does not apply.

    It does in zod 4. Null is checked as any other value.
    """

    parts = ("inner",)
    has_default = False

    def __init__(self, inner: Field | Schema, **options: Any) -> None:
        super().__init__(**options)
        self.inner = as_field(inner)
        self._derive()

    def resolved(self, release: Release, exact: bool) -> Field:
        """Return the field as a release has it: itself where it does not differ."""
        made = super().resolved(release, exact)
        if isinstance(made, Maybe):
            defaults = exact and release.optional_defaults
            made.has_default = defaults and made.inner.load_default is not missing
        return made

    def _derive(self) -> None:
        self.takes = self.inner.takes
        self.siblings = self.inner.siblings
        if self.rule is None:
            self.passes = self.inner.passes

    def _check_inside(self, value: Json, beside: Mapping[str, Json], strip: bool, /) -> Any:
        if value is missing and not self.has_default:
            return value
        return self.inner.read(value, beside, strip)


class Conditional(Field):
    """A value checked as `then` when a sibling is as stated, else as `otherwise`.

    `sibling` is a key of the same object; `equals` is the string, number, boolean or None that it
    has to hold, or a field that has to accept it. The sibling is loaded first, wherever it is
    declared; an absent one equals nothing, but a field may accept it.
    """

    parts = ("equals", "then", "otherwise")

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
        self._derive()

    def _derive(self) -> None:
        self.takes = self.then.takes | self.otherwise.takes
        self.siblings = self.then.siblings | self.otherwise.siblings | {self.sibling}
        if self.rule is None:
            self.passes = self.then.passes & self.otherwise.passes

    def _check_inside(self, value: Json, beside: Mapping[str, Json], strip: bool, /) -> Any:
        found = self.equals.read(beside.get(self.sibling, missing), NOTHING_BESIDE, False)
        chosen = self.otherwise if type(found) is Failure else self.then
        return chosen.read(value, beside, strip)


class ByRelease(Field):
    """A value that changes with the releases: the fields by the release in which each came in."""

    def __init__(self, by_release: Mapping[str, Field | Schema], **options: Any) -> None:
        super().__init__(**options)
        self.by_release = {since: as_field(rule) for since, rule in by_release.items()}

    def resolved(self, release: Release, exact: bool) -> Field:
        """Return the field as a release has it."""
        return release.value(self.by_release).resolved(release, exact)

    def _check_inside(self, value: Json, beside: Mapping[str, Json], strip: bool, /) -> Any:
        newest = tuple(self.by_release.values())[-1]
        return newest.read(value, beside, strip)
