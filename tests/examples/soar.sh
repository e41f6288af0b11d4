#!/usr/bin/env bash
# A tool in another language: soar.sh KIBANA CONNECTOR PARAMS runs a connector, and fails if it does.
set -euo pipefail
answer=$(curl --silent --show-error --fail-with-body \
    -X POST "$1/api/actions/connector/$2/_execute" \
    -H 'kbn-xsrf: true' -H 'content-type: application/json' -d "{\"params\": $3}")
echo "$answer"
case $answer in *'"status":"ok"'*) ;; *) exit 1 ;; esac
