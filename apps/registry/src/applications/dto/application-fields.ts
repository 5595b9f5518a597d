import { TextField } from '#libs/validation/fields.js';
import { httpUrl } from '#libs/validation/http-url.js';
import { parsedUrl } from '#libs/validation/parsed-url.js';
import { isReserved } from '../app-key.js';

export const ApplicationNameField = (presence: 'required' | 'optional-not-null'): PropertyDecorator =>
  TextField({ description: 'Name for people.', example: 'Orders', maxLength: 255, presence });

export const AppKeyField = (): PropertyDecorator =>
  TextField({
    description: 'Name for machines, unique in the registry. Made from the name when absent.',
    example: 'orders',
    maxLength: 128,
    pattern: /^[A-Za-z0-9][A-Za-z0-9._~:-]*$/,
    test: (text) => !isReserved(text),
    message: 'letters, digits and . _ ~ : - after a letter or digit, and not the name of a route',
    presence: 'optional',
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
    description: 'How the application authenticates its callers.',
    example: 'API_KEY',
    default: 'API_KEY',
    maxLength: 64,
    presence: 'optional',
  });

export const HealthCheckUrlField = (): PropertyDecorator =>
  TextField({
    description: 'Absolute http(s) URL, or a path below the base domain of each environment.',
    example: '/actuator/health',
    minLength: 0,
    maxLength: 2048,
    emptyIsNull: true,
    test: isHealthCheckUrl,
    message: 'an absolute http(s) URL without user information, or a path that begins with /',
    presence: 'optional',
  });

function isHealthCheckUrl(text: string): boolean {
  if (!text.startsWith('/')) return httpUrl(text) !== undefined;
  return !/^\/\/|[\s\p{Cc}\\]/u.test(text) && parsedUrl(text, 'http://host') !== undefined;
}
