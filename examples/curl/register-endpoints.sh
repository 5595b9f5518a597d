#!/bin/sh
# Makes the registered endpoints of one environment equal to a list.
set -eu

usage() {
  cat <<'TEXT'
Usage: register-endpoints.sh [--dry-run] FILE

Registers the endpoints in FILE (JSON, see endpoints.json) as the whole set of its environment and prints how
many were added, updated, deleted and left unchanged. Endpoints that are not in FILE are deleted.
--dry-run prints the changes and writes nothing.

MCP_REGISTRY_URL      the registry (http://localhost:8000)
MCP_REGISTRY_APP_KEY  app key of the application, as in FILE
MCP_REGISTRY_API_KEY  an API key of the environment in FILE
TEXT
}

dry_run=false
case ${1-} in
  -h | --help) usage; exit 0 ;;
  --dry-run) dry_run=true; shift ;;
esac
if [ $# -ne 1 ]; then usage >&2; exit 2; fi
: "${MCP_REGISTRY_APP_KEY:?is not set}" "${MCP_REGISTRY_API_KEY:?is not set}"
# curl would send an empty body for a missing file.
[ -r "$1" ] || { echo "$1 cannot be read" >&2; exit 2; }

# curl reads the key from standard input: every user of the machine can see a command line.
printf 'X-App-Key: %s\nX-API-Key: %s\n' "$MCP_REGISTRY_APP_KEY" "$MCP_REGISTRY_API_KEY" |
  curl --silent --show-error --fail-with-body --header @- \
    --header 'Content-Type: application/json' --data-binary "@$1" --write-out '\n' \
    "${MCP_REGISTRY_URL:-http://localhost:8000}/register/endpoints?dryRun=$dry_run"
