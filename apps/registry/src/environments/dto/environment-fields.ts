import { ChoiceField, TextField } from '#libs/validation/fields.js';

type Presence = 'required' | 'optional' | 'optional-not-null';

export const EnvironmentNameField = (presence: Presence, example = 'production'): PropertyDecorator =>
  TextField({
    description: 'Name of the environment, unique within the application.',
    example,
    maxLength: 63,
    pattern: /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
    says: 'letters, digits, dots, underscores and hyphens',
    presence,
    default: presence === 'optional' ? 'production' : undefined,
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
    accepts: (text) => text === '' || isBaseDomain(text),
    says: 'a host such as api.example.com, optionally with http:// or https://, a port and a path',
    presence: 'optional',
  });

export const StatusField = (): PropertyDecorator =>
  ChoiceField({
    description: 'An INACTIVE one keeps its data, but its API keys are refused.',
    example: 'ACTIVE',
    of: ['ACTIVE', 'INACTIVE'],
    anyCase: true,
    presence: 'optional-not-null',
  });

function isBaseDomain(text: string): boolean {
  if (/[\s\\@?#]/.test(text)) return false;
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  // The URL parser forgives further slashes and would take the path's first part for the host.
  if (withScheme.includes(':///')) return false;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && url.hostname !== '';
}
