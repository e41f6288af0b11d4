"""The configuration of a processor or a pipeline, read key by key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mockkibana.elasticsearch.errors import ElasticsearchError, Error
from mockkibana.elasticsearch.json import java
from mockkibana.elasticsearch.json.scalars import boolean
from mockkibana.json import Json


def refused(
    reason: str,
    *,
    named: str | None = None,
    processor: str | None = None,
    tag: Json = None,
) -> ElasticsearchError:
    """Return the refusal of a configuration (`ConfigurationUtils.newConfigurationException`)."""
    extra: Error = {}
    if named is not None:
        reason = f"[{named}] {reason}"
        extra["property_name"] = named
    if processor is not None:
        extra["processor_type"] = processor
    if tag is not None:
        extra["processor_tag"] = tag
    return ElasticsearchError(400, "parse_exception", reason, extra=extra)


class Configuration:
    """What is configured; whoever has read all that it knows calls `finish`.

    Every method that reads a key raises `ElasticsearchError` for a value that does not fit.
    """

    def __init__(self, values: Mapping[str, Json], processor: str | None = None) -> None:
        self._left = dict(values)
        self.processor = processor
        self.tag = values.get("tag")

    def refused(self, name: str, reason: str) -> ElasticsearchError:
        """Return the refusal of the value of a key."""
        return refused(reason, named=name, processor=self.processor, tag=self.tag)

    def value(self, name: str) -> Json:
        """Return a value that must be there."""
        value = self._left.pop(name, None)
        if value is None:
            raise self.refused(name, "required property is missing")
        return value

    def optional(self, name: str) -> Json:
        """Return a value, None where none is."""
        return self._left.pop(name, None)

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text, which must be there unless it has a default."""
        value = self._left.pop(name, None)
        if value is None:
            if default is None:
                raise self.refused(name, "required property is missing")
            return default
        if not isinstance(value, str):
            raise self._not(name, value, "a string")
        return value

    def flag(self, name: str, default: bool) -> bool:
        """Return a boolean."""
        value = self._left.pop(name, None)
        if value is None:
            return default
        found = boolean(value)
        if found is None:
            raise self._not(name, value, "a boolean")
        return found

    def several(self, name: str) -> list[Json]:
        """Return a list, or the one value that stands for it, which must be there."""
        value = self.value(name)
        return value if isinstance(value, list) else [value]

    def objects(self, name: str) -> list[dict[str, Json]]:
        """Return a list of objects, empty where none is."""
        value = self._left.pop(name, None)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self._not(name, value, "a list")
        for item in value:
            if not isinstance(item, dict):
                raise self._not(name, item, "a map")
        return value

    def finish(self, what: str) -> None:
        """Refuse the keys that nobody has read."""
        if self._left:
            names = _listed(self._left)
            raise refused(
                f"{what} doesn't support one or more provided configuration parameters {names}",
                processor=self.processor,
                tag=self.tag,
            )

    def _not(self, name: str, value: Json, kind: str) -> ElasticsearchError:
        text = f"property isn't {kind}, but of type [{java.class_name(value)}]"
        return self.refused(name, text)


def _listed(names: Iterable[str]) -> str:
    return f"[{', '.join(names)}]"
