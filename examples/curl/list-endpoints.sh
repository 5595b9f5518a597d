#!/bin/sh
# Lists the endpoints of an application in one environment.
set -eu

usage() {
  cat <<'TEXT'
Usage: list-endpoints.sh APP_KEY [ENVIRONMENT]

Prints the endpoints of an application in an environment (production when left out), schemas included.

MCP_REGISTRY_URL      the registry (http://localhost:8000)
MCP_REGISTRY_API_KEY  an API key of that environment; only needed where ENDPOINTS_REQUIRE_KEY is set
TEXT
}

case ${1-} in -h | --help) usage; exit 0 ;; esac
if [ $# -lt 1 ] || [ $# -gt 2 ]; then usage >&2; exit 2; fi

# curl reads the key from standard input: every user of the machine can see a command line.
if [ -n "${MCP_REGISTRY_API_KEY-}" ]; then
  printf 'X-App-Key: %s\nX-API-Key: %s\n' "$1" "$MCP_REGISTRY_API_KEY"
fi |
  curl --silent --show-error --fail-with-body --header @- --get \
    --data-urlencode "app_key=$1" --data-urlencode "environment=${2:-production}" --write-out '\n' \
    "${MCP_REGISTRY_URL:-http://localhost:8000}/endpoints"
