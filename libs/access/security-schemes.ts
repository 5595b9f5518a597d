import { SECURE_COOKIE } from './session-cookie.js';

interface SecurityScheme {
  readonly id: string;
  readonly header: string;
  /** `bearer`: the header holds a scheme of HTTP authentication; otherwise the value alone. */
  readonly http?: 'bearer';
  /** The cookie within the header. */
  readonly cookie?: string;
  readonly description: string;
}

/** What says who calls, as OpenAPI security schemes. */
export const SECURITY_SCHEMES = {
  adminKey: { id: 'AdminKey', header: 'X-Admin-Key', description: 'The key of an operator.' },
  operatorKey: {
    id: 'OperatorKey',
    header: 'Authorization',
    http: 'bearer',
    description:
      "An operator's own key (`mcpop_…`) as a bearer token, for clients that can set no other header.",
  },
  session: {
    id: 'Session',
    header: 'Cookie',
    cookie: SECURE_COOKIE,
    description:
      'A session that `POST /session` started. It counts with `X-Registry-Console: 1`, from pages of this origin.',
  },
  appKey: { id: 'AppKey', header: 'X-App-Key', description: 'The app key of the application that calls.' },
  apiKey: {
    id: 'ApiKey',
    header: 'X-API-Key',
    description: 'The API key that proves it, bound to one environment.',
  },
  environment: {
    id: 'Environment',
    header: 'X-Environment',
    description: 'The environment meant; `production` when nothing says otherwise.',
  },
} as const satisfies Record<string, SecurityScheme>;

/** A header's name as Node lists it. */
export const HEADERS = {
  adminKey: 'x-admin-key',
  appKey: 'x-app-key',
  apiKey: 'x-api-key',
  environment: 'x-environment',
} as const;
