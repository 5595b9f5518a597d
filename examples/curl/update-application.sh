#!/bin/sh
# Changes an application, as the application itself.
set -eu

usage() {
  cat <<'TEXT'
Usage: update-application.sh FILE

Changes name, description or healthCheckUrl of the application to what FILE says (JSON, see
application-update.json) and prints it. A field left out stays as it is, null clears it.
A key of any environment of the application is accepted: no X-Environment header is sent.

MCP_REGISTRY_URL      the registry (http://localhost:8000)
MCP_REGISTRY_APP_KEY  app key of the application
MCP_REGISTRY_API_KEY  one of its API keys
TEXT
}

case ${1-} in -h | --help) usage; exit 0 ;; esac
if [ $# -ne 1 ]; then usage >&2; exit 2; fi
: "${MCP_REGISTRY_APP_KEY:?is not set}" "${MCP_REGISTRY_API_KEY:?is not set}"
# curl would send an empty body for a missing file.
[ -r "$1" ] || { echo "$1 cannot be read" >&2; exit 2; }

# curl reads the key from standard input: every user of the machine can see a command line.
printf 'X-App-Key: %s\nX-API-Key: %s\n' "$MCP_REGISTRY_APP_KEY" "$MCP_REGISTRY_API_KEY" |
  curl --silent --show-error --fail-with-body --header @- --request PUT \
    --header 'Content-Type: application/json' --data-binary "@$1" --write-out '\n' \
    "${MCP_REGISTRY_URL:-http://localhost:8000}/applications/$MCP_REGISTRY_APP_KEY"
