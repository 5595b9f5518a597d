import { AUTHENTICATION_METHODS } from '#libs/domain/authentication-methods.js';
import { TextField } from '#libs/validation/fields.js';
import { httpUrl } from '#libs/validation/http-url.js';
import { parsedUrl } from '#libs/validation/parsed-url.js';
import { isReserved } from '../app-key.js';

const APP_KEY = {
  maxLength: 128,
  pattern: /^[A-Za-z0-9][A-Za-z0-9._~:-]*$/,
  test: (text: string) => !isReserved(text),
  message: 'letters, digits and . _ ~ : - after a letter or digit, and not the name of a route',
};

export const ApplicationNameField = (presence: 'required' | 'optional-not-null'): PropertyDecorator =>
  TextField({ description: 'Name for people.', example: 'Orders', maxLength: 255, presence });

export const AppKeyField = (): PropertyDecorator =>
  TextField({
    description: 'Name for machines, unique in the registry. Made from the name when absent.',
    example: 'orders',
    ...APP_KEY,
    presence: 'optional',
  });

export const NewAppKeyField = (): PropertyDecorator =>
  TextField({
    description: 'The app key it gets: no other application has it, or answers to it.',
    example: 'purchases',
    ...APP_KEY,
  });

export const ApplicationDescriptionField = (): PropertyDecorator =>
  TextField({
    description: 'What the application does; agents read it.',
    example: 'Takes and tracks orders',
    minLength: 0,
    maxLength: 10_000,
    presence: 'optional',
  });

export const AuthenticationMethodField = (): PropertyDecorator =>
  TextField({
    description: `How the application authenticates its callers: clients know ${AUTHENTICATION_METHODS.join(', ')}, and any other word is kept.`,
    example: 'API_KEY',
    default: 'API_KEY',
    maxLength: 64,
    presence: 'optional',
  });

export const OwnerField = (): PropertyDecorator =>
  TextField({
    description: 'Who answers for the application: a person, a team or an address.',
    example: 'orders-team@example.com',
    minLength: 0,
    maxLength: 255,
    emptyIsNull: true,
    presence: 'optional',
  });

/** Where it cannot be changed: existing clients send it nevertheless. */
export const UnchangedAppKeyField = (): PropertyDecorator =>
  TextField({
    description: 'An app key of the application: no other one, as `POST …/rename` changes it.',
    // What Swagger UI fills in has to fit every application.
    example: null,
    minLength: 0,
    maxLength: 128,
    presence: 'optional',
  });

export const HealthCheckUrlField = (): PropertyDecorator =>
  TextField({
    description: 'Absolute http(s) URL, or a path below the base domain of each environment.',
    example: '/actuator/health',
    minLength: 0,
    maxLength: 2048,
    emptyIsNull: true,
    corrected: withLeadingSlash,
    test: isHealthCheckUrl,
    message: 'an absolute http(s) URL without user information, or a path that begins with /',
    presence: 'optional',
  });

/** A path whose first segment is no host: existing clients send `actuator/health`. */
function withLeadingSlash(text: string): string {
  return /^[\w-]+([/?]|$)/.test(text) ? `/${text}` : text;
}

function isHealthCheckUrl(text: string): boolean {
  if (!text.startsWith('/')) return httpUrl(text) !== undefined;
  return !/^\/\/|[\s\p{Cc}\\]/u.test(text) && parsedUrl(text, 'http://host') !== undefined;
}
