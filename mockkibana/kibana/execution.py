"""A run of a connector, from its id and params to what Kibana answers."""

from __future__ import annotations

import traceback
from dataclasses import dataclass, field
from operator import is_
from typing import TypeAlias

from mockkibana.connectors.access_token import AccessToken
from mockkibana.connectors.base import ConnectorType, Failed, Run, RunLog, Thrown
from mockkibana.connectors.catalog import ConnectorTypes
from mockkibana.journal import RunRecord
from mockkibana.journal.redaction import Redaction
from mockkibana.json import Json
from mockkibana.kibana.availability import check_enabled, check_licensed, require_registered
from mockkibana.kibana.caller import Caller
from mockkibana.kibana.connectors import Connector, Connectors
from mockkibana.kibana.errors import KibanaError, bad_request, saved_object_not_found
from mockkibana.kibana.validate import validated_connector, validated_params
from mockkibana.log import Log
from mockkibana.outbound.sender import Sender
from mockkibana.settings import Settings
from mockkibana.settings.installation import Installation
from mockkibana.store import StoreError

_REMEMBERED = 1_000  # connectors
_Sources: TypeAlias = tuple[ConnectorType, Json, Json, Settings]
_THROWN = "an error occurred while running the action"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run; `warnings` are the codes of the mock's own leniencies."""

    status: str
    data: Json = None
    message: str | None = None
    error_source: str | None = None
    retry: bool | str | None = None
    service_message: str | None = None
    warnings: list[str] = field(default_factory=list)
    answers_as: str | None = None

    def body(self, connector_id: str) -> dict[str, Json]:
        """Return Kibana's answer, with exactly the keys that it has for this outcome."""
        body: dict[str, Json] = {"status": self.status}
        if self.data is not None:
            body["data"] = self.data
        if self.message is not None:
            body["message"] = self.message
        if self.error_source is not None:
            body["errorSource"] = self.error_source
        body["connector_id"] = self.answers_as or connector_id
        if self.retry is not None:
            body["retry"] = self.retry
        if self.service_message:
            body["service_message"] = self.service_message
        return body

    def failure_text(self) -> str:
        """Return the text with which Kibana logs a failure (`action_executor.ts`)."""
        text = self.message or "unknown error running action"
        if self.service_message:
            text += f": {self.service_message}"
        if isinstance(self.retry, str):
            text += f"; retry at {self.retry}"
        elif self.retry:
            text += "; retry: true"
        return text


class Executor:
    """Runs connectors; an unplanned exception of a connector type is a traceback in `bugs`."""

    def __init__(
        self,
        installation: Installation,
        connectors: Connectors,
        types: ConnectorTypes,
        log: Log,
        sender: Sender,
        bugs: list[str],
    ) -> None:
        self._installation = installation
        self._connectors = connectors
        self._types = types
        self._log = log
        self._sender = sender
        self._bugs = bugs
        self._validated: dict[str, tuple[_Sources, tuple[Json, Json]]] = {}

    def execute(self, caller: Caller, connector_id: str, params: Json) -> Outcome:
        """Run a connector. From the checks of its type on, every failure is an `Outcome`.

        Raises `KibanaError`: 403 (no privilege), 404 (no such connector in the space), 400 (type
        not registered), 403 (type disabled, where a preconfigured connector runs all the same, or
        not licensed).
        """
        settings = self._installation.settings
        connector = self._connectors.find(caller, connector_id)
        if caller.rights is not None:
            self._check_rights(caller, connector)
        if connector is None:
            raise saved_object_not_found(connector_id)
        connector_type = require_registered(
            self._types, connector.connector_type_id, settings.release
        )
        license_ = self._installation.license
        if connector.is_preconfigured:
            check_licensed(self._types, connector_type, license_)
        else:
            check_enabled(self._types, connector_type, settings, license_)
        record = RunRecord(
            connector_id, connector.connector_type_id, connector.name, caller.space, params
        )
        record.is_preconfigured = connector.is_preconfigured
        record.secrets = connector.secrets  # never shown: what it holds is redacted everywhere
        if caller.call is not None:
            caller.call.runs.append(record)
        run = Run(
            connector_id=connector_id,
            config=connector.config,
            secrets=connector.secrets,
            settings=settings,
            clock=self._installation.clock,
            ids=self._installation.ids,
            log=RunLog(self._log, connector.connector_type_id),
            send=self._sender.of(record, connector_type.party, connector.config, caller.has_left),
            token=AccessToken(self._sender.outbox.store, self._installation.clock, connector_id),
            user=caller.identity,
        )
        outcome = self._outcome(connector_type, run, params)
        record.status = outcome.status
        record.message = outcome.message
        record.service_message = outcome.service_message
        record.error_source = outcome.error_source
        record.retry = outcome.retry
        if caller.call is not None:
            caller.call.warnings.extend(outcome.warnings)
        if outcome.status == "error":
            label = f"{connector.connector_type_id}:{connector_id}: {connector.name}"
            run.log.write("warn", f"action execution failure: {label}: {outcome.failure_text()}")
        return outcome

    def _check_rights(self, caller: Caller, connector: Connector | None) -> None:
        if connector is None:
            caller.ensure_connectors("execute")
            return
        type_id = connector.connector_type_id
        release = self._installation.settings.release
        connector_type = self._types.registered(type_id, release)
        sub_feature = None if connector_type is None else self._types.sub_feature(connector_type)
        caller.ensure_connectors("execute", type_id, sub_feature)

    def _outcome(self, connector_type: ConnectorType, run: Run, params: Json) -> Outcome:
        if run.settings.contract == "documented":
            params, run.warnings = connector_type.accommodate(params)
        try:
            valid_params = validated_params(connector_type, params, run.settings)
        except KibanaError as refused:
            return _invalid(run, refused, "user")
        try:
            config, secrets = self._valid(connector_type, run)
        except KibanaError as refused:
            # Kibana says a URL that is a secret; here no secret that is stored is told.
            redaction = Redaction()
            redaction.learn(run.secrets)
            told = bad_request(str(redaction.scrub(refused.message)))
            return _invalid(run, told, "framework")
        run.config, run.secrets = config, secrets
        try:
            data = connector_type.execute(run, valid_params)
        except Failed as failed:
            return Outcome(
                "error",
                message=failed.message,
                error_source="user",
                retry=failed.retry,
                service_message=failed.service_message,
                warnings=run.warnings,
                answers_as=connector_type.answers_as,
            )
        except Thrown as thrown:
            return _thrown(run, thrown.text, thrown.error_source)
        except StoreError:
            raise  # nobody's mistake: Kibana says so
        except Exception as bug:  # noqa: BLE001 - Kibana answers whatever its executors throw
            self._bugs.append(traceback.format_exc())
            run.log.write("error", traceback.format_exc())
            return _thrown(run, str(bug), "framework")
        answers_as = connector_type.answers_as
        return Outcome("ok", data, warnings=run.warnings, answers_as=answers_as)

    def _valid(self, connector_type: ConnectorType, run: Run) -> tuple[Json, Json]:
        """Return config and secrets, checked; those of the last run, while they stay the same.

        Raises `KibanaError` 400.
        """
        sources = connector_type, run.config, run.secrets, run.settings
        last = self._validated.get(run.connector_id)
        # What is stored is replaced, never mutated: the same objects are the same values.
        if last is not None and all(map(is_, last[0], sources)):
            return last[1]
        valid = validated_connector(*sources)
        if len(self._validated) >= _REMEMBERED:
            self._validated.clear()
        self._validated[run.connector_id] = sources, valid
        return valid


def _invalid(run: Run, refused: KibanaError, error_source: str) -> Outcome:
    return Outcome(
        "error",
        message=refused.message,
        error_source=error_source,
        retry=False,
        warnings=run.warnings,
    )


def _thrown(run: Run, text: str, error_source: str) -> Outcome:
    run.log.write("error", text)
    return Outcome(
        "error",
        message=_THROWN,
        error_source=error_source,
        retry=True,
        service_message=text,
        warnings=run.warnings,
    )
