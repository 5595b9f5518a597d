import { ADMIN_KEY } from '../../support/secrets.js';
import { type Recording } from './recording.js';

const JSON_BODY = { 'Content-Type': 'application/json' };

const schema = (name: string): object => ({ type: 'object', properties: { [name]: { type: 'string' } } });

/** With every field that an endpoint can have. */
const ENDPOINT = {
  ...{ name: 'Find offers', path: '/offers', method: 'POST', description: 'Offers that are valid now' },
  ...{ isPublic: false, authType: 'BEARER', authConfig: { scopes: ['offers:read'] } },
  ...{ contentType: 'application/json', pathParams: schema('shop'), queryParams: schema('page') },
  ...{ requestBody: { $ref: '#/$defs/Filter' }, responseBody: { type: 'array', items: schema('offer') } },
  ...{ operationId: 'findOffers', tags: ['offers'], deprecated: true },
  ...{ headerParams: schema('X-Region'), cookieParams: schema('visit') },
  ...{ parameterStyles: { query: { page: { style: 'deepObject' } } }, requestBodyRequired: true },
  ...{ responseContentType: 'application/json', baseUrl: 'https://offers.example.com', keywords: ['sale'] },
};

/** What a client of the present version registers, and the old ones come to read. */
export const PRESENT_CLIENT: Recording = {
  client: 'a client of the present version',
  exchanges: [
    {
      step: 'create an application',
      request: 'POST /applications',
      headers: { ...JSON_BODY, 'X-Admin-Key': ADMIN_KEY },
      body: JSON.stringify({ name: 'Shop', appKey: 'shop', owner: 'shop@example.com' }),
      status: 201,
    },
    {
      step: 'change the way it authenticates callers',
      request: 'PUT /applications/shop',
      headers: { ...JSON_BODY, 'X-Admin-Key': ADMIN_KEY },
      body: JSON.stringify({ authenticationMethod: 'API_KEY', owner: null }),
      status: 200,
    },
    {
      step: 'issue a key',
      request: 'POST /applications/shop/environments/production/api-keys',
      headers: { ...JSON_BODY, 'X-Admin-Key': ADMIN_KEY },
      body: JSON.stringify({ name: 'shop' }),
      status: 201,
      keeps: ({ apiKey }: { apiKey: string }) => ({ 'key of shop': apiKey }),
    },
    {
      step: 'register an endpoint with every field, and definitions',
      request: 'POST /register/endpoints',
      headers: { ...JSON_BODY, 'X-App-Key': 'shop', 'X-API-Key': '{{key of shop}}' },
      body: JSON.stringify({
        app_key: 'shop',
        endpoints: [ENDPOINT],
        definitions: { Filter: schema('text') },
      }),
      status: 200,
      reads: { added: 1 },
    },
  ],
};
