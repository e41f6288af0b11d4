"""The templates of a cluster: composable, component and legacy ones, and what they come to."""

from __future__ import annotations

from typing import Any

from mockkibana.elasticsearch.errors import (
    ElasticsearchError,
    illegal_argument,
    resource_not_found,
)
from mockkibana.elasticsearch.indices import aliases as index_aliases
from mockkibana.elasticsearch.indices import index_settings, templates
from mockkibana.elasticsearch.indices.templates import Parts, Template, invalid
from mockkibana.json import Json
from mockkibana.settings.installation import Installation
from mockkibana.store import Store
from mockkibana.wildcards import wildcard

INDEX = "elasticsearch.index_templates"
COMPONENT = "elasticsearch.component_templates"
LEGACY = "elasticsearch.templates"

Named = dict[str, Template]


class IndexTemplates:
    """Puts, finds and applies templates; what a node ships is there, whatever is deleted."""

    def __init__(self, store: Store, installation: Installation) -> None:
        self._store = store
        self._installation = installation

    def composable(self) -> Named:
        """Return the composable templates, by name."""
        shipped = templates.shipped("index_templates")
        kibanas = templates.kibanas(self._installation.settings)
        return {**shipped, **kibanas, **self._store.table(INDEX).rows()}

    def components(self) -> Named:
        """Return the component templates, by name."""
        return {**templates.shipped("component_templates"), **self._store.table(COMPONENT).rows()}

    def legacy(self) -> Named:
        """Return the legacy templates, by name."""
        return self._store.table(LEGACY).rows()

    def of(self, name: str) -> Template | None:
        """Return the composable template of an index or a data stream with that name."""
        found = self.composable()
        best = templates.best(name, found)
        return None if best is None else {**found[best], "name": best}

    def parts(self, name: str, request: Json) -> tuple[list[Json], Template | None]:
        """Return what a new index is made of, the request last, and its composable template."""
        hidden = index_settings.read(request.get("settings") or {}).get("index.hidden") == "true"
        template = self.of(name)
        if template is not None and hidden and "*" in template["index_patterns"]:
            template = None
        if template is None:
            return [*templates.legacy(name, self.legacy(), is_hidden=hidden), request], None
        return [*templates.composed(template, self.components()), request], template

    def put(self, name: str, template: Template, *, create: bool = False) -> None:
        """Put a composable template. Raises `ElasticsearchError`."""
        with self._store.transaction() as transaction:
            known = self.composable()
            if create and name in known:
                raise illegal_argument(f"index template [{name}] already exists")
            components = self.components()
            optional = template.get("ignore_missing_component_templates", ())
            missing = [
                each
                for each in template.get("composed_of", ())
                if each not in components and each not in optional
            ]
            if missing:
                raise invalid(
                    name,
                    f"index template [{name}] specifies component templates {_listed(missing)} "
                    "that do not exist",
                )
            self._refuse_rivals(name, template, known)
            check(name, templates.merged(templates.composed(template, components)))
            transaction.put(INDEX, {name: template})

    def _refuse_rivals(self, name: str, template: Template, known: Named) -> None:
        """Refuse a template where another of the same priority may be meant for the same index."""
        own, patterns = templates.priority(template), template["index_patterns"]
        rivals = {
            each: other["index_patterns"]
            for each, other in known.items()
            if each != name
            and templates.priority(other) == own
            and templates.overlap(patterns, other["index_patterns"])
        }
        if rivals:
            shown = ",".join(f"{each} => {_listed(found)}" for each, found in rivals.items())
            raise illegal_argument(
                f"index template [{name}] has index patterns {_listed(patterns)} matching patterns "
                f"from existing templates [{','.join(rivals)}] with patterns ({shown}) that have "
                f"the same priority [{own}], multiple index templates may not match during index "
                "creation, please use a different priority"
            )

    def put_component(self, name: str, template: Template, *, create: bool = False) -> None:
        """Put a component template. Raises `ElasticsearchError`."""
        with self._store.transaction() as transaction:
            if create and name in self.components():
                raise illegal_argument(f"component template [{name}] already exists")
            check(name, templates.merged([template["template"]]))
            transaction.put(COMPONENT, {name: template})
            components = self.components()
            for each, user in self.composable().items():
                if name in user.get("composed_of", ()):
                    check(each, templates.merged(templates.composed(user, components)))

    def put_legacy(self, name: str, template: Template, *, create: bool = False) -> None:
        """Put a legacy template. Raises `ElasticsearchError`."""
        with self._store.transaction() as transaction:
            if create and name in self.legacy():
                raise illegal_argument(f"index_template [{name}] already exists")
            check(name, templates.merged([template]))
            transaction.put(LEGACY, {name: template})

    def find(self, known: Named, expression: str) -> Named:
        """Return the templates whose names fit a comma list of names and wildcards."""
        tests = [wildcard("*" if part == "_all" else part) for part in expression.split(",")]
        return {name: each for name, each in known.items() if any(test(name) for test in tests)}

    def delete(self, expression: str) -> None:
        """Delete composable templates; of names that are given, all must be there."""
        found = self.find(self.composable(), expression)
        self._require(found, expression, "index_template [{}] missing")
        used = {
            stream["template"]: name
            for name, stream in self._store.table("elasticsearch.data_streams").rows().items()
        }
        shipped = templates.shipped("index_templates")
        if in_use := sorted(name for name in found if name in used and name not in shipped):
            streams = sorted(used[name] for name in in_use)
            raise illegal_argument(
                f"unable to remove composable templates {_listed(in_use)} as they are in use by a "
                f"data streams {_listed(streams)}"
            )
        with self._store.transaction() as transaction:
            transaction.remove(INDEX, list(found))

    def delete_components(self, expression: str) -> None:
        """Delete component templates that no composable template needs."""
        found = self.find(self.components(), expression)
        self._require(found, expression, "{}")
        with self._store.transaction() as transaction:
            own = self._store.table(COMPONENT).rows()
            users = {
                each: set(user.get("composed_of", ())) & found.keys() & own.keys()
                for each, user in self.composable().items()
                if each not in templates.shipped("index_templates")
            }
            if needed := sorted({part for parts in users.values() for part in parts}):
                by = sorted(each for each, parts in users.items() if parts)
                raise illegal_argument(
                    f"component templates {_listed(needed)} cannot be removed as they are still "
                    f"in use by index templates {_listed(by)}"
                )
            transaction.remove(COMPONENT, list(found))

    def delete_legacy(self, expression: str) -> None:
        """Delete legacy templates."""
        found = self.find(self.legacy(), expression)
        if not found and expression not in ("*", "_all"):
            raise ElasticsearchError(
                404,
                "index_template_missing_exception",
                f"index_template [{expression}] missing",
            )
        with self._store.transaction() as transaction:
            transaction.remove(LEGACY, list(found))

    def _require(self, found: Named, expression: str, text: str) -> None:
        """Refuse names that nothing has; a wildcard may fit none."""
        parts = expression.split(",")
        missing = [part for part in parts if "*" not in part and part not in found]
        if missing and expression != "_all":
            raise resource_not_found(text.format(",".join(missing)))

    def simulate(self, parts: list[Json]) -> dict[str, Json]:
        """Return what an index that is made of these parts would have."""
        whole = templates.merged(parts)
        mappings: dict[str, Any] = {key: value for key, value in whole.mappings.items() if value}
        return {
            "settings": index_settings.nested(whole.settings),
            "mappings": mappings,
            "aliases": {
                alias: index_aliases.read(alias, properties)
                for alias, properties in whole.aliases.items()
            },
        }


def check(name: str, parts: Parts) -> None:
    """Refuse what templates come to, where an index could not be made of it."""
    from mockkibana.elasticsearch.mapping import definitions

    definitions.check_aliases(parts.mappings)
    for alias, properties in parts.aliases.items():
        index_aliases.read(alias.replace("{index}", name), properties)


def missing(kind: str, name: str) -> ElasticsearchError:
    """Return the error for a template that is asked for and not there; `kind` names its kind."""
    return resource_not_found(f"{kind} matching [{name}] not found")


def _listed(names: list[str]) -> str:
    return f"[{', '.join(names)}]"
