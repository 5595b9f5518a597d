import { ApiProperty, ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { TIME_EXAMPLE } from '#libs/responses/response-examples.js';
import { ApplicationResponse } from '../../applications/dto/application.response.js';
import { EnvironmentResponse } from '../../environments/dto/environment.response.js';

const ANY_JSON = ['object', 'array', 'string', 'number', 'boolean', 'null'];

const json = (example: unknown): PropertyDecorator =>
  ApiProperty({ anyOf: ANY_JSON.map((type) => ({ type })), example, description: 'JSON, as registered' });

const texts = (example: readonly string[]): PropertyDecorator =>
  ApiProperty({ type: 'array', items: { type: 'string' }, nullable: true, example });

export class EndpointResponse {
  @ApiProperty({ example: '0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f16' })
  readonly id!: string;

  @ApiProperty({ example: '0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f11' })
  readonly applicationId!: string;

  @ApiProperty({ example: '0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f12' })
  readonly environmentId!: string;

  @ApiProperty({ example: 'Get an order' })
  readonly name!: string;

  @ApiProperty({ example: '/orders/{orderId}' })
  readonly path!: string;

  @ApiProperty({ example: 'GET' })
  readonly method!: string;

  @ApiProperty({ type: String, nullable: true, example: 'One order with its lines' })
  readonly description!: string | null;

  @ApiProperty({ example: false })
  readonly isPublic!: boolean;

  @ApiProperty({ type: String, nullable: true, example: 'BEARER' })
  readonly authType!: string | null;

  @json({ scopes: ['orders:read'] })
  readonly authConfig!: unknown;

  @ApiProperty({ type: String, nullable: true, example: 'application/json' })
  readonly contentType!: string | null;

  @json({ type: 'object', properties: { orderId: { type: 'string' } }, required: ['orderId'] })
  readonly pathParams!: unknown;

  @json(null)
  readonly queryParams!: unknown;

  @json(null)
  readonly requestBody!: unknown;

  @json({ type: 'object', properties: { id: { type: 'string' } } })
  readonly responseBody!: unknown;

  @ApiProperty({ type: String, nullable: true, example: 'getOrder' })
  readonly operationId!: string | null;

  @texts(['orders'])
  readonly tags!: unknown;

  @ApiProperty({ example: false })
  readonly deprecated!: boolean;

  @json(null)
  readonly headerParams!: unknown;

  @json(null)
  readonly cookieParams!: unknown;

  @json({ query: { filter: { style: 'deepObject', explode: true } } })
  readonly parameterStyles!: unknown;

  @ApiProperty({ example: false })
  readonly requestBodyRequired!: boolean;

  @ApiProperty({ type: String, nullable: true, example: 'application/json' })
  readonly responseContentType!: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  readonly baseUrl!: string | null;

  @texts(['order status'])
  readonly keywords!: unknown;

  @ApiProperty({ type: String, format: 'date-time', example: TIME_EXAMPLE })
  readonly createdAt!: Date;

  @ApiProperty({ type: String, format: 'date-time', example: TIME_EXAMPLE })
  readonly updatedAt!: Date;
}

/** Without the time of the last probe: the answer changes only when something about the environment does. */
export class SecuredEnvironment extends OmitType(EnvironmentResponse, ['lastHealthCheckAt']) {}

/** What everybody may read. */
export class DiscoveredEnvironment extends OmitType(SecuredEnvironment, ['security', 'customPrompt']) {}

export class EndpointsResponse {
  @ApiProperty({ type: DiscoveredEnvironment })
  readonly environment!: DiscoveredEnvironment;

  @ApiProperty({ type: [EndpointResponse] })
  readonly endpoints!: readonly EndpointResponse[];

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: {},
    example: {},
    description:
      'JSON Schemas by name, which schemas refer to as `#/$defs/NAME`: only with `definitions=shared`',
  })
  readonly definitions?: unknown;
}

/** Without what every probe changes, as {@link DiscoveredEnvironment}. */
export class ApplicationWithEndpoints extends OmitType(ApplicationResponse, [
  'lastHealthCheckAt',
  'consecutiveFailures',
  'consecutiveSuccesses',
]) {
  @ApiProperty({ type: SecuredEnvironment })
  readonly environment!: SecuredEnvironment;

  @ApiProperty({ type: [EndpointResponse] })
  readonly endpoints!: readonly EndpointResponse[];
}
