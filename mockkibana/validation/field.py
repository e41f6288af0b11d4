"""The base of all fields: defaults, the type check, then the field's own rule."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self

from marshmallow import ValidationError, fields, missing

from mockkibana import json
from mockkibana.json import Json
from mockkibana.settings.release import Release
from mockkibana.validation.failure import Failure, Refused, several

# A rule looks at a loaded value and returns the text of its refusal, or None.
Rule = Callable[[Any], str | None]


def matching(pattern: str, refusal: str) -> Rule:
    """Return the rule that a text has to match a regular expression as a whole."""
    compiled = re.compile(pattern)
    return lambda text: None if compiled.fullmatch(text) else refusal


EVERY_TYPE: frozenset[type] = frozenset((str, int, float, bool, type(None), list, dict, bytes))
NO_TYPE: frozenset[type] = frozenset()

NOTHING_BESIDE: Mapping[str, Json] = {}

# An own key of this name, which only a string of JSON can bring, is lost where JavaScript copies an
# object: `copy["__proto__"] = value` sets no key. A value of `Any` is not copied.
LOST_KEY = "__proto__"


class Field(fields.Field[Any]):
    """A field with the behaviour of Kibana's config-schema, or of zod where it is `exact`.

    `load_default` (a value, or a function that makes one) stands in for an absent value only,
    never for null, and no rule looks at it. `validate` is a `Rule`: it sees the value after the
    type check; a text that it returns, or raises as `ValidationError`, is the message, and a
    `Refused` that it raises is its refusal. `since` and `until` name the releases of Kibana that
    have the key, or the alternative of a union: `9.2` stands for all of 9.2.

    A field as it is declared is config-schema's. `resolved` returns it as a release has it; there
    it may be `exact`: it converts nothing, an absent object is not an empty one, and its `Failure`
    is all that is wrong with the value.

    A concrete field overrides `_check`, or `_check_inside` when it holds other fields, whose
    attributes it names in `parts`; `_derive` works out what follows from these. Two sets
    let containers and unions decide without a call. `takes`: only a value of one of these exact
    types can be accepted. `passes`: every value of these exact types is accepted and stays the
    same object.
    """

    takes: frozenset[type] = EVERY_TYPE
    passes: frozenset[type] = NO_TYPE
    # The keys of the same object that have to be loaded before this field.
    siblings: frozenset[str] = frozenset()
    parts: ClassVar[tuple[str, ...]] = ()
    exact = False

    def __init__(
        self,
        *,
        load_default: Any = missing,
        data_key: str | None = None,
        validate: Rule | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> None:
        super().__init__(load_default=load_default, data_key=data_key)
        self.rule = validate
        self.since = since
        self.until = until
        if validate is not None:
            self.passes = NO_TYPE

    def _derive(self) -> None:
        """Work out `takes`, `passes` and the like, from the options and from the parts."""

    def resolved(self, release: Release, exact: bool) -> Field:
        """Return the field as a release has it: itself where it does not differ."""
        made = self._with_parts(release, exact)
        if made is not self:
            made.exact = exact
            made._derive()
        return made

    def _with_parts(self, release: Release, exact: bool) -> Self:
        parts = {name: getattr(self, name) for name in self.parts}
        made = {name: part and part.resolved(release, exact) for name, part in parts.items()}
        if not exact and made == parts:
            return self
        copied = copy.copy(self)
        vars(copied).update(made)
        return copied

    def _check(self, value: Json) -> Any:
        """Return the loaded value, `missing` for none, or the `Failure`.

        `value` is `missing` when it is absent and there is no default.
        """
        raise NotImplementedError

    def _check_inside(self, value: Json, _beside: Mapping[str, Json], _strip: bool, /) -> Any:
        """Do the same for a field that holds others, which need the two further arguments.

        They are the part of the surrounding object that is loaded already, and whether unknown
        keys of objects inside are dropped.
        """
        return self._check(value)

    def read(self, value: Json, beside: Mapping[str, Json], strip: bool) -> Any:
        """Return the loaded value with default and rule applied, or the `Failure`; never raise."""
        if value is missing and self.load_default is not missing:
            return self._default()
        loaded = self._check_inside(value, beside, strip)
        if self.rule is None or loaded is missing:
            return loaded
        if type(loaded) is not Failure:
            return self._ruled(self.rule, loaded)
        if not self.exact or not loaded.is_limit:
            return loaded
        ruled = self._ruled(self.rule, value)
        return several([loaded, ruled]) if type(ruled) is Failure else loaded

    def _ruled(self, rule: Rule, value: Json) -> Any:
        try:
            text = rule(value)
        except Refused as refused:
            return refused.failure
        except ValidationError as error:
            text = str(error.args[0])
        return value if text is None else Failure("custom", text, value)

    def _default(self) -> Json:
        default = self.load_default
        if callable(default):
            return default()
        # The loaded value belongs to the caller, who may change it.
        return copy.deepcopy(default) if isinstance(default, list | dict) else default

    def deserialize(
        self,
        value: Any,
        attr: str | None = None,  # noqa: ARG002 - marshmallow's signature
        data: Mapping[str, Any] | None = None,
        **kwargs: Any,  # noqa: ARG002
    ) -> Any:
        """Load a value on its own (`missing` when absent); `data` is what stands beside it.

        Raises `Refused`.
        """
        loaded = self.read(value, data or NOTHING_BESIDE, False)
        if type(loaded) is Failure:
            raise Refused(loaded)
        return loaded


def parsed(text: str, name: str) -> Any:
    """Return the value of a JSON text given in place of an object or array, or the `Failure`."""
    try:
        return json.loads(text, javascript=True, allow_proto=True)
    except json.Malformed:
        return Failure("json", name, text)
