import { PARAMETER_PLACES, type ParameterStyle } from '#libs/domain/endpoint.js';

const MEMBERS: Readonly<Record<keyof ParameterStyle, 'string' | 'boolean'>> = {
  style: 'string',
  explode: 'boolean',
  allowReserved: 'boolean',
  allowEmptyValue: 'boolean',
  contentType: 'string',
};

export const PARAMETER_STYLES_RULE = `an object of ${PARAMETER_PLACES.join(', ')}, each an object of parameters with ${Object.keys(MEMBERS).join(', ')}`;

/** Whether a value has a `ParameterStyle` by place and name. */
export function isParameterStyles(value: unknown): boolean {
  return isObjectOf(
    value,
    (place, parameters) =>
      (PARAMETER_PLACES as readonly string[]).includes(place) &&
      isObjectOf(parameters, (_, style) =>
        isObjectOf(
          style,
          (name, member) =>
            Object.hasOwn(MEMBERS, name) && typeof member === MEMBERS[name as keyof ParameterStyle],
        ),
      ),
  );
}

function isObjectOf(value: unknown, accepts: (name: string, member: unknown) => boolean): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.entries(value).every(([name, member]) => accepts(name, member))
  );
}
