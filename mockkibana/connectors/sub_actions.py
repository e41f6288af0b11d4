"""Sub-actions: the things that one connector type can do, of which each run names one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from mockkibana.connectors.base import Thrown
from mockkibana.json import Json
from mockkibana.validation import Field, Literal, Object, OneOf, Unknowns

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class SubAction(Generic[S]):
    """One thing to do: its name, the fields of its params, and what does it with a service `S`.

    Without `act` the schema knows it and Kibana refuses to run it. `unknowns` is what becomes of
    other keys of the params. `since` names the release that it came in.
    """

    name: str
    fields: Mapping[str, Field]
    act: Callable[[S, Json], Json] | None = None
    unknowns: Mapping[str, Unknowns] | None = None
    since: str | None = None


class SubActions(Generic[S]):
    """The sub-actions of a type; `params` is the schema of `{"subAction", "subActionParams"}`.

    It is a union that the name discriminates, or one whose alternatives are all tried.
    """

    def __init__(self, *sub_actions: SubAction[S], discriminator: str | None = "subAction") -> None:
        self._by_name = {sub_action.name: sub_action for sub_action in sub_actions}
        self.params = OneOf(
            [
                Object(
                    {
                        "subAction": Literal(sub_action.name),
                        "subActionParams": Object(
                            dict(sub_action.fields), unknowns=sub_action.unknowns
                        ),
                    },
                    since=sub_action.since,
                )
                for sub_action in sub_actions
            ],
            discriminator=discriminator,
        )

    def run(self, service: S, params: Json) -> Json:
        """Do what valid params name, and return what comes of it. Raises `Thrown`."""
        name = params["subAction"]
        act = self._by_name[name].act
        if act is None:
            raise Thrown(f"[Action][ExternalService] subAction {name} not implemented.")
        return act(service, params["subActionParams"])
