"""The APIs about ingest pipelines."""

from __future__ import annotations

from mockkibana.budget import Budget
from mockkibana.clock import iso
from mockkibana.elasticsearch.cluster.administration import ACKNOWLEDGED
from mockkibana.elasticsearch.errors import ElasticsearchError, illegal_argument, resource_not_found
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.elasticsearch.indices.indices import INDICES
from mockkibana.elasticsearch.ingest.configuration import Configuration, refused
from mockkibana.elasticsearch.ingest.document import METADATA, IngestDocument, IngestFailure
from mockkibana.elasticsearch.ingest.pipeline import Pipeline, as_error, compiled
from mockkibana.elasticsearch.ingest.pipelines import PIPELINES, Pipelines, shipped
from mockkibana.elasticsearch.ingest.processors import Dropped
from mockkibana.http.messages import Answer
from mockkibana.json import Json
from mockkibana.wildcards import wildcard


def get_pipelines(request: RestRequest) -> Answer:
    """Answer the pipelines that a list of names and wildcards means; 404 where it means none."""
    request.parameters.check_time("master_timeout")
    known = _known(request)
    asked = request.names.get("id", "*")
    tests = [wildcard("*" if part == "_all" else part) for part in asked.split(",")]
    found = {name: each for name, each in known.items() if any(test(name) for test in tests)}
    if request.parameters.flag("summary"):
        found = {name: {} for name in found}
    return Answer(200 if found or "*" in asked else 404, found)


def _known(request: RestRequest) -> dict[str, Json]:
    cluster = request.authorized_cluster()
    return {**shipped(), **cluster.store.table(PIPELINES).rows()}


def put_pipeline(request: RestRequest) -> Answer:
    """Put a pipeline whose processors are configured well."""
    request.check_timeouts()
    request.required_body()
    definition = request.object()
    name = request.names["id"]
    compiled(name, definition, lambda _: None)
    cluster = request.authorized_cluster()
    with cluster.store.transaction() as transaction:
        _check_version(request, transaction.get(PIPELINES, name))
        transaction.put(PIPELINES, {name: definition})
    return Answer(200, ACKNOWLEDGED)


def _check_version(request: RestRequest, known: Json) -> None:
    wanted = request.parameters.integer("if_version")
    if wanted is None:
        return
    version = None if known is None else known.get("version")
    if version != wanted:
        name = request.names["id"]
        raise illegal_argument(
            f"version conflict, required version [{wanted}] for pipeline [{name}] but "
            + ("no pipeline was found" if known is None else f"current version is [{version}]")
        )


def delete_pipelines(request: RestRequest) -> Answer:
    """Delete the pipelines that a name or a wildcard means, none of which an index may use."""
    request.check_timeouts()
    asked = request.names["id"]
    cluster = request.authorized_cluster()
    with cluster.store.transaction() as transaction:
        matches = wildcard(asked)
        found = [name for name in transaction.documents(PIPELINES) if matches(name)]
        if not found and asked != "*" and asked not in shipped():
            raise resource_not_found(f"pipeline [{asked}] is missing")
        for name in found:
            _refuse_used(name, transaction.documents(INDICES))
        transaction.remove(PIPELINES, found)
    return Answer(200, ACKNOWLEDGED)


def _refuse_used(name: str, indices: dict[str, Json]) -> None:
    for kind in ("default", "final"):
        users = [
            index
            for index, record in indices.items()
            if record["settings"].get(f"index.{kind}_pipeline") == name
        ]
        if users:
            raise illegal_argument(
                f"pipeline [{name}] cannot be deleted because it is the {kind} pipeline for "
                f"{len(users)} index(es) including [{','.join(users[:3])}]"
            )


def simulate(request: RestRequest) -> Answer:
    """Answer what a pipeline, one that there is or that of the body, makes of documents."""
    request.required_body()
    configuration = Configuration(request.object())
    definition = configuration.optional("pipeline")
    documents = configuration.objects("docs")
    if not documents:
        raise illegal_argument("must specify at least one document in [docs]")
    if request.parameters.flag("verbose"):
        raise illegal_argument("this mock does not support the parameter [verbose] yet")
    pipelines = Pipelines(request.authorized_cluster().store.table(PIPELINES).rows())
    name = request.names.get("id")
    if name is not None:
        pipeline = pipelines.require(name)
    elif definition is None:
        raise refused("required property is missing", named="pipeline")
    else:
        pipeline = compiled("_simulate_pipeline", definition, pipelines.find)
    timestamp = iso(request.cluster.installation.clock.now())
    budget = Budget()
    docs = [_simulated(pipeline, each, timestamp, budget) for each in documents]
    return Answer(200, {"docs": docs})


def _simulated(pipeline: Pipeline, given: dict[str, Json], timestamp: str, budget: Budget) -> Json:
    source = given.get("_source")
    if not isinstance(source, dict):
        raise refused("required property is missing", named="_source")
    metadata = {"_index": "_index", "_id": "_id", "_version": "-3"}
    metadata |= {key: given[key] for key in METADATA if key in given}
    document = IngestDocument(source, metadata, timestamp, budget)
    try:
        pipeline.run(document)
    except Dropped:
        return None
    except IngestFailure as failure:
        return {"error": as_error(failure).body()["error"]}
    except ElasticsearchError as error:
        return {"error": error.body()["error"]}
    shown = {**document.metadata, "_source": document.source, "_ingest": document.ingest}
    return {"doc": shown}
