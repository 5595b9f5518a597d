import type { ApiResponseOptions } from '@nestjs/swagger';

/** The OpenAPI document of an environment, as the document of the registry describes it. */
export const OPENAPI_DOCUMENT_RESPONSE = {
  description: 'The document',
  schema: {
    type: 'object',
    required: ['openapi', 'info', 'paths', 'components'],
    properties: {
      openapi: { type: 'string', example: '3.1.0' },
      info: { type: 'object', example: { title: 'Orders', version: 'production' } },
      servers: {
        type: 'array',
        items: { type: 'object' },
        example: [{ url: 'https://orders.example.com' }],
      },
      paths: { type: 'object', example: {} },
      components: { type: 'object', example: { securitySchemes: {} } },
    },
  },
} satisfies ApiResponseOptions;
