#!/usr/bin/env bash
# Tests soar.sh: starts a Kibana on a free port, and asks it what came of the runs.
set -euo pipefail
cd "$(dirname "$0")"

directory=$(mktemp -d)
mockkibana serve --port 0 --port-file "$directory/port" --no-demo --quiet &
trap 'kill $!; wait $! || true; rm -r "$directory"' EXIT
until [ -s "$directory/port" ]; do kill -0 $!; sleep 0.1; done
export MOCKKIBANA_URL="http://127.0.0.1:$(cat "$directory/port")"
mockkibana wait --timeout 30
mockkibana seed seed.yaml

echo 'It writes documents'
bash soar.sh "$MOCKKIBANA_URL" audit '{"documents": [{"message": "hello"}]}'
mockkibana journal --connector audit --status ok --count 1

echo 'It fails when Elasticsearch is down'
mockkibana reset --empty
mockkibana seed seed.yaml
mockkibana faults --add elasticsearch-down
if bash soar.sh "$MOCKKIBANA_URL" audit '{"documents": [{"message": "hello"}]}'; then exit 1; fi
mockkibana faults --unconsumed
mockkibana journal --connector audit --status error --count 1
