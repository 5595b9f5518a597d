#!/bin/sh
# Creates an application with its environments.
set -eu

usage() {
  cat <<'TEXT'
Usage: create-application.sh FILE

Creates the application that FILE describes (JSON, see application.json) and prints it.

MCP_REGISTRY_URL        the registry (http://localhost:8000)
MCP_REGISTRY_ADMIN_KEY  the operator's key
TEXT
}

case ${1-} in -h | --help) usage; exit 0 ;; esac
if [ $# -ne 1 ]; then usage >&2; exit 2; fi
: "${MCP_REGISTRY_ADMIN_KEY:?is not set}"
# curl would send an empty body for a missing file.
[ -r "$1" ] || { echo "$1 cannot be read" >&2; exit 2; }

# curl reads the key from standard input: every user of the machine can see a command line.
printf 'X-Admin-Key: %s\n' "$MCP_REGISTRY_ADMIN_KEY" |
  curl --silent --show-error --fail-with-body --header @- \
    --header 'Content-Type: application/json' --data-binary "@$1" --write-out '\n' \
    "${MCP_REGISTRY_URL:-http://localhost:8000}/applications"
