// Tests a script of Node's: all that it needs of mockkibana is HTTP.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

const kibana = process.env.MOCKKIBANA_URL;
const json = { "content-type": "application/json" };

async function control(method, path, body) {
  const answer = await fetch(`${kibana}/_mock/api${path}`, {
    method,
    headers: json,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
  return answer.json();
}

async function runConnector(id, params) {
  const answer = await fetch(`${kibana}/api/actions/connector/${id}/_execute`, {
    method: "POST",
    headers: { ...json, "kbn-xsrf": "true" },
    body: JSON.stringify({ params }),
  });
  return answer.json();
}

beforeEach(async () => {
  await control("POST", "/reset", { empty: true });
  await control("POST", "/seed", {
    version: 1,
    connectors: [{ id: "audit", connector_type_id: ".index", config: { index: "audit" } }],
  });
});

test("documents are written", async () => {
  const run = await runConnector("audit", { documents: [{ message: "hello" }] });
  assert.equal(run.status, "ok");
  const [call] = await control("GET", "/journal?connector=audit");
  assert.equal(call.runs[0].made[0].place, "audit");
});

test("a failure is seen", async () => {
  await control("POST", "/faults", { fault: "elasticsearch-down" });
  const run = await runConnector("audit", { documents: [{ message: "hello" }] });
  assert.equal(run.status, "error");
  const { count } = await control("POST", "/journal/_count", { connector: "audit", status: "error" });
  assert.equal(count, 1);
});
