/** The columns read, by table; a table without the required ones cannot be imported. */
export const TABLES = {
  applications: {
    required: ['id', 'appKey', 'name'],
    further: [
      'description',
      'status',
      'authenticationMethod',
      'userId',
      'healthCheckUrl',
      'healthStatus',
      'lastHealthCheckAt',
      'consecutiveFailures',
      'consecutiveSuccesses',
      'createdAt',
      'updatedAt',
    ],
  },
  environments: {
    required: ['id', 'name', 'applicationId'],
    further: [
      'description',
      'status',
      'baseDomain',
      'healthStatus',
      'lastHealthCheckAt',
      'environmentType',
      'vaultKey',
      'customPrompt',
      'createdAt',
      'updatedAt',
    ],
  },
  environment_security: {
    required: ['environmentId'],
    further: ['vaultKey', 'rateLimitEnabled', 'rateLimitRequests', 'rateLimitWindow'],
  },
  endpoints: {
    required: ['id', 'name', 'path', 'method', 'applicationId'],
    further: [
      'environmentId',
      'description',
      'isPublic',
      'authType',
      'authConfig',
      'contentType',
      'pathParams',
      'queryParams',
      'requestBody',
      'responseBody',
      'createdAt',
      'updatedAt',
    ],
  },
  api_keys: {
    required: ['id', 'token', 'applicationId'],
    further: ['environmentId', 'name', 'status', 'expiresAt', 'lastUsed', 'createdAt', 'updatedAt'],
  },
  health_check_logs: {
    required: ['applicationId', 'status', 'createdAt'],
    further: ['environmentId', 'statusCode', 'responseTime', 'message'],
  },
  audit_logs: {
    required: ['id', 'action', 'createdAt'],
    further: ['details', 'ipAddress', 'userAgent', 'applicationId'],
  },
} as const;
export type Table = keyof typeof TABLES;
