#!/bin/sh
# Issues an API key for one environment of an application.
set -eu

usage() {
  cat <<'TEXT'
Usage: issue-key.sh APP_KEY [ENVIRONMENT [NAME]]

Issues an API key for an application's environment (production when left out) and prints the key alone, so
that it can be kept: MCP_REGISTRY_API_KEY=$(issue-key.sh orders). It is never shown again.

MCP_REGISTRY_URL        the registry (http://localhost:8000)
MCP_REGISTRY_ADMIN_KEY  the operator's key
TEXT
}

case ${1-} in -h | --help) usage; exit 0 ;; esac
if [ $# -lt 1 ] || [ $# -gt 3 ]; then usage >&2; exit 2; fi
: "${MCP_REGISTRY_ADMIN_KEY:?is not set}"

name=$(printf '%s' "${3-made by issue-key.sh}" | sed 's/[\\"]/\\&/g')

# curl reads the admin key from standard input: every user of the machine can see a command line.
if answer=$(
  printf 'X-Admin-Key: %s\n' "$MCP_REGISTRY_ADMIN_KEY" |
    curl --silent --show-error --fail-with-body --header @- \
      --header 'Content-Type: application/json' --data-binary "{\"name\": \"$name\"}" \
      "${MCP_REGISTRY_URL:-http://localhost:8000}/applications/$1/environments/${2:-production}/api-keys"
); then
  printf '%s\n' "$answer" | sed 's/.*"apiKey":"\([^"]*\)".*/\1/'
else
  code=$?
  printf '%s\n' "$answer" >&2
  exit "$code"
fi
