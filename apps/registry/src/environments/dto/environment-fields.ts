import { STATUSES } from '#libs/domain/status.js';
import { baseUrlOf } from '#libs/validation/base-url.js';
import { ChoiceField, ObjectField, TextField } from '#libs/validation/fields.js';
import { httpUrl } from '#libs/validation/http-url.js';
import { EnvironmentSecurityRequest } from './environment-security.request.js';

const NAME_LENGTH = 63;
const NAME_RULE = 'letters, digits, dots, underscores and hyphens';

export const EnvironmentNameField = (): PropertyDecorator =>
  TextField({
    description: 'Name of the environment, unique within the application.',
    // Not one every application has already.
    example: 'staging',
    maxLength: NAME_LENGTH,
    pattern: /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
    message: NAME_RULE,
  });

/** Where it cannot be changed: existing clients send it nevertheless. */
export const UnchangedNameField = (): PropertyDecorator =>
  TextField({
    description: 'The name of the path: no other one, as `POST …/rename` changes it.',
    // What Swagger UI fills in has to fit every environment.
    example: null,
    minLength: 0,
    maxLength: NAME_LENGTH,
    presence: 'optional',
  });

export const BodyEnvironmentField = (): PropertyDecorator =>
  TextField({
    description: 'Name of the environment meant.',
    example: 'production',
    minLength: 0,
    maxLength: NAME_LENGTH,
    pattern: /^([A-Za-z0-9][A-Za-z0-9._-]*)?$/,
    message: NAME_RULE,
    presence: 'optional',
    default: 'production',
  });

export const EnvironmentDescriptionField = (): PropertyDecorator =>
  TextField({
    description: 'What the environment is for.',
    example: 'Live traffic',
    minLength: 0,
    maxLength: 4000,
    presence: 'optional',
  });

export const BaseDomainField = (): PropertyDecorator =>
  TextField({
    description:
      'Where the endpoints are served: host, optional port and path; `https` unless it carries a scheme.',
    example: 'api.example.com',
    minLength: 0,
    maxLength: 2048,
    emptyIsNull: true,
    test: isBaseDomain,
    message: 'a host such as api.example.com, optionally with http:// or https://, a port and a path',
    presence: 'optional',
  });

export const SecurityField = (): PropertyDecorator =>
  ObjectField(EnvironmentSecurityRequest, {
    description:
      'Where a vault keeps the credentials for its endpoints, replaced as a whole; `null` clears it.',
    example: {
      vaultKey: 'vault://orders/production',
      rateLimitEnabled: true,
      rateLimitRequests: 100,
      rateLimitWindow: 60,
    },
    presence: 'optional',
  });

export const CustomPromptField = (): PropertyDecorator =>
  TextField({
    description: 'What agents are to be told before they call its endpoints.',
    example: 'Ask before you cancel an order.',
    minLength: 0,
    maxLength: 10_000,
    emptyIsNull: true,
    presence: 'optional',
  });

export const StatusField = (): PropertyDecorator =>
  ChoiceField({
    description: 'An INACTIVE one keeps its data, but its API keys are refused.',
    example: 'ACTIVE',
    of: STATUSES,
    anyCase: true,
    presence: 'optional-not-null',
  });

function isBaseDomain(text: string): boolean {
  // A scheme must be followed by `://`: `https:/host` is not a host called `https`.
  if (/[?#]/.test(text) || /^https?:(?!\/\/)/i.test(text)) return false;
  return httpUrl(baseUrlOf(text)) !== undefined;
}
