/** Parameters and fields whose value has to exist for a request to get far; the names stand for it until then. */
export const KNOWN = {
  app_key: 'known-app-key',
  app_id: 'known-app-key',
  environment: 'production',
  environment_id: 'known-environment-id',
  id: 'known-key-id',
  operator: 'known-person',
  operator_key_id: 'known-operator-key-id',
  key: 'known-operator-key',
  session_id: 'known-session-id',
  server_name: 'local.127.0.0.1%2Fmcp-registry',
  server_version: 'latest',
} as const;

export type KnownName = keyof typeof KNOWN;
