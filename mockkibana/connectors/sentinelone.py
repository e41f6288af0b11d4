"""The `.sentinelone` connector: looks after the agents of SentinelOne, and isolates their hosts."""

from __future__ import annotations

from collections.abc import Callable

from mockkibana.connectors.base import Thrown
from mockkibana.connectors.sentinelone_party import API, SentinelOne
from mockkibana.connectors.sub_action_framework import Service, SubActionConnector
from mockkibana.javascript import stringify
from mockkibana.json import Json, Record
from mockkibana.outbound import axios
from mockkibana.validation import (
    ArrayOf,
    Boolean,
    Field,
    Maybe,
    Nullable,
    Number,
    Object,
    Schema,
    String,
    literals,
)


class Config(Schema):
    """The URL of a console of SentinelOne's."""

    url = String()


class Secrets(Schema):
    """An API token."""

    token = String()


def _texts(names: str, field: Callable[[], Field] = lambda: Nullable(String())) -> dict[str, Field]:
    return {name: field() for name in names.split()}


# Guess: in 8.x these are as in the schemas of 9.x, which alone are known.
_IDS = Maybe(ArrayOf(String()))
_FILTER = Object(
    _texts("""
        K8SNodeName__contains coreCount__lt rangerStatuses adUserQuery__contains rangerVersionsNin
        rangerStatusesNin coreCount__gte threatCreatedAt__gte decommissionedAt__lte
        operationalStatesNin appsVulnerabilityStatusesNin mitigationMode createdAt__gte gatewayIp
        cloudImage__contains registeredAt__between threatMitigationStatus installerTypesNin
        appsVulnerabilityStatuses threatResolved mitigationModeSuspicious isUpToDate
        adComputerQuery__contains updatedAt__gte azureResourceGroup__contains scanStatus
        threatContentHash osTypesNin threatRebootRequired totalMemory__between firewallEnabled
        gcpServiceAccount__contains updatedAt__gt remoteProfilingStates filteredGroupIds
        agentVersions activeThreats machineTypesNin lastActiveDate__gt awsSubnetIds__contains
        installerTypes registeredAt__gte migrationStatus cloudTags__contains totalMemory__gte
        decommissionedAt__lt threatCreatedAt__lt updatedAt__lte osArch registeredAt__gt
        registeredAt__lt siteIds networkInterfaceInet__contains groupIds uuids accountIds
        scanStatusesNin cpuCount__lte locationIds awsSecurityGroups__contains networkStatusesNin
        activeThreats__gt infected osVersion__contains machineTypes agentPodName__contains
        computerName__like threatCreatedAt__gt consoleMigrationStatusesNin computerName
        decommissionedAt__between cloudInstanceId__contains createdAt__lte coreCount__between
        totalMemory__lte remoteProfilingStatesNin adComputerMember__contains
        threatCreatedAt__between totalMemory__gt ids agentVersionsNin updatedAt__between
        locationEnabled locationIdsNin osTypes encryptedApplications filterId decommissionedAt__gt
        adUserMember__contains uuid coreCount__lte coreCount__gt cloudNetwork__contains
        clusterName__contains cpuCount__gte query lastActiveDate__between rangerStatus domains
        cloudProvider lastActiveDate__lt scanStatuses hasLocalConfiguration networkStatuses
        isPendingUninstall createdAt__gt cpuCount__lt consoleMigrationStatuses adQuery updatedAt__lt
        createdAt__lt adComputerName__contains cloudInstanceSize__contains registeredAt__lte
        networkQuarantineEnabled cloudAccount__contains cloudLocation__contains rangerVersions
        networkInterfaceGatewayMacAddress__contains uuid__contains agentNamespace__contains
        K8SNodeLabels__contains adQuery__contains K8SType__contains countsFor totalMemory__lt
        externalId__contains filteredSiteIds decommissionedAt__gte cpuCount__gt threatHidden
        isUninstalled computerName__contains lastActiveDate__lte adUserName__contains isActive
        userActionsNeeded threatCreatedAt__lte domainsNin operationalStates externalIp__contains
        isDecommissioned networkInterfacePhysical__contains lastActiveDate__gte createdAt__between
        cpuCount__between lastLoggedInUserName__contains awsRole__contains K8SVersion__contains
    """)
    | {"alertIds": _IDS}
)
_REMOTE_SCRIPTS = Object(
    _texts("query osTypes scriptType cursor groupIds ids siteIds sortBy sortOrder")
    | {
        "isAvailableForArs": Nullable(Boolean()),
        "limit": Nullable(Number(min=1, max=1000)),
        "skip": Nullable(Number()),
        "skipCount": Nullable(Boolean()),
    }
)
_ACTIVITIES = Object(
    _texts(
        """accountIds activityUuids agentIds alertIds createdAt__between createdAt__gt
        createdAt__gte createdAt__lt createdAt__lte cursor groupIds ids ruleIds siteIds
        sortBy sortOrder threatIds userEmails userIds""",
        lambda: Maybe(String(min_length=1)),
    )
    | _texts("countOnly includeHidden skipCount", lambda: Maybe(Boolean()))
    | {"activityTypes": Maybe(String()), "limit": Maybe(Number()), "skip": Maybe(Number())}
)
_PASSWORD = Object({"scopeLevel": Maybe(String()), "scopeId": Maybe(String())})
_EXECUTE = Object(
    {
        "filter": Object({key: Maybe(String(min_length=1)) for key in ("uuids", "ids")}),
        "script": Object(
            _texts(
                """apiKey inputParams outputDirectory password scriptName singularityxdrKeyword
                singularityxdrUrl taskDescription""",
                lambda: Maybe(String()),
            )
            | {
                "scriptId": String(),
                "outputDestination": Maybe(
                    literals("Local", "None", "SentinelCloud", "SingularityXDR")
                ),
                "passwordFromScope": Maybe(_PASSWORD),
                "requiresApproval": Maybe(Boolean()),
                "scriptRuntimeTimeoutSeconds": Maybe(Number(coerced=True)),
            }
        ),
        "alertIds": _IDS,
    }
)
_FILES = Object(
    {
        "agentId": String(min_length=1),
        "zipPassCode": String(min_length=10),
        "files": ArrayOf(String(min_length=1)),
    }
)
_FILE = Object({"agentId": String(min_length=1), "activityId": String(min_length=1)})


def _ask(service: Service, method: str, path: str, query: Json, data: Json = None) -> Json:
    query = {**query, "APIToken": service.secrets["token"]}
    return service.request(method, f"{service.config['url']}{API}{path}", data, query=query)


def _get(path: str) -> Callable[[Service, Json], Json]:
    """Return what asks for a path with the params as its query."""
    return lambda service, params: _ask(service, "GET", path, params)


def _moved(path: str, *, isolated: bool) -> Callable[[Service, Json], Json]:
    """Return what isolates the first agent that is found, or releases it."""

    def move(service: Service, params: Json) -> Json:
        query = {key: value for key, value in params.items() if key != "alertIds"}
        found = _rows(_ask(service, "GET", "/agents", query), "data")
        if not found:
            raise Thrown("No agents found")
        if (found[0].get("networkStatus") == "disconnected") is isolated:
            raise Thrown("Agent already isolated" if isolated else "Agent not isolated")
        return _ask(service, "POST", path, {}, {"filter": {"ids": found[0].get("id")}})

    return move


def _rows(body: Json, *keys: str) -> list[Record]:
    """Return the objects that an answer lists under some keys; Kibana does not check it."""
    for key in keys:
        body = body.get(key) if isinstance(body, dict) else None
    if not isinstance(body, list) or not all(isinstance(row, dict) for row in body):
        # Guess: V8's words differ with what there is in the place of the list.
        raise Thrown("Cannot read properties of undefined (reading 'length')")
    return body


def _execute(service: Service, params: Json) -> Json:
    given = params.get("filter")
    if given is None:
        raise Thrown("Cannot read properties of undefined (reading 'ids')")
    if not given.get("ids") and not given.get("uuids"):
        raise Thrown("A filter must be defined; either 'ids' or 'uuids'")
    script = {"outputDestination": "SentinelCloud", **params["script"]}
    data = {"data": script, "filter": given}
    return _ask(service, "POST", "/remote-scripts/execute", {}, data)


def _fetch(service: Service, params: Json) -> Json:
    data = {"data": {"password": params["zipPassCode"], "files": params["files"]}}
    return _ask(service, "POST", f"/agents/{params['agentId']}/actions/fetch-files", {}, data)


def _download(service: Service, params: Json) -> Json:
    path = f"/agents/{params['agentId']}/uploads/{params['activityId']}"
    return _ask(service, "GET", path, {})


def _task_status(service: Service, params: Json) -> Json:
    query = {"parent_task_id": params["parentTaskId"]}
    return _ask(service, "GET", "/remote-scripts/status", query)


def _task_results(service: Service, params: Json) -> Json:
    data = {"data": {"taskIds": params["taskIds"]}}
    return _ask(service, "POST", "/remote-scripts/fetch-files", {}, data)


def _download_results(service: Service, params: Json) -> Json:
    task = params["taskId"]
    links = _rows(_task_results(service, {"taskIds": [task]}), "data", "download_links")
    url = next((link.get("downloadUrl") for link in links if link.get("taskId") == task), None)
    if not isinstance(url, str) or not url:
        raise Thrown(f"Download URL for script results of task id [{task}] not found")
    return service.request("GET", url)


class SentinelOneConnector(SubActionConnector):
    """Does one sub-action a run."""

    id = ".sentinelone"
    config = Config()
    secrets = Secrets()
    party = SentinelOne()
    sub_actions = {  # noqa: RUF012
        "getAgents": (_FILTER, _get("/agents")),
        "isolateHost": (_FILTER, _moved("/agents/actions/disconnect", isolated=True)),
        "releaseHost": (_FILTER, _moved("/agents/actions/connect", isolated=False)),
        "getActivities": (_ACTIVITIES, _get("/activities")),
        "getRemoteScripts": (_REMOTE_SCRIPTS, _get("/remote-scripts")),
        "getRemoteScriptStatus": (
            Object({"parentTaskId": String()}, unknowns="allow"),
            _task_status,
        ),
        "getRemoteScriptResults": (Object({"taskIds": ArrayOf(String())}), _task_results),
        "downloadRemoteScriptResults": (
            Object({"taskId": String(min_length=1)}),
            _download_results,
        ),
        "executeScript": (_EXECUTE, _execute),
        "fetchAgentFiles": (_FILES, _fetch),
        "downloadAgentFile": (_FILE, _download),
    }
    example = {  # noqa: RUF012
        "subAction": "getAgents",
        "subActionParams": {"ids": "1913920934584665209"},
    }

    def error_text(self, error: axios.AxiosError) -> str:
        """Return a sentence and the whole answer (`sentinelone/sentinelone.ts`)."""
        answer = error.response
        if answer is None:
            text = error.message
        elif answer.status == 401:
            text = "Unauthorized API Error (401)"
        else:
            text = f"API Error: [{axios.status_text(answer.status)}] {error.message}"
        body = {} if answer is None else "" if answer.body is None else answer.body
        return f"{text}\nResponse body: {stringify(body)}"
