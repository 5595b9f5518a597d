import {
  type Endpoint,
  PARAMETER_PLACES,
  type ParameterPlace,
  type ParameterStyle,
} from '#libs/domain/endpoint.js';
import { type JsonObject, listOrEmpty, objectOrEmpty } from '#libs/openapi/json-object.js';
import { schemaOfParameters } from '#libs/openapi/parameter-map.js';

const FIELDS = {
  path: 'pathParams',
  query: 'queryParams',
  header: 'headerParams',
  cookie: 'cookieParams',
} as const satisfies Record<ParameterPlace, keyof Endpoint>;

/** A parameter, and where it goes. */
interface PlacedParameter {
  readonly place: ParameterPlace;
  readonly name: string;
  readonly required: boolean;
  readonly schema: JsonObject;
  readonly style: ParameterStyle;
}

export interface PlacedParameters {
  /** By place, required ones first. */
  readonly list: readonly PlacedParameter[];
  /** What their schemas refer to, by name, beyond what is shared. */
  readonly definitions: JsonObject;
}

/** The parameters of an endpoint; one of its path without a schema counts as a text. */
export function parametersOf(endpoint: Endpoint): PlacedParameters {
  const definitions = {};
  const list = PARAMETER_PLACES.flatMap((place) => {
    const all = objectOrEmpty(schemaOfParameters(endpoint[FIELDS[place]]));
    Object.assign(definitions, all.$defs);
    const schemas = objectOrEmpty(all.properties);
    const required = new Set(listOrEmpty(all.required));
    const styles = objectOrEmpty(objectOrEmpty(endpoint.parameterStyles)[place]);
    const names = [
      ...new Set([...(place === 'path' ? templateVariables(endpoint.path) : []), ...Object.keys(schemas)]),
    ];
    const parameters = names.map((name) => ({
      place,
      name,
      required: place === 'path' || required.has(name) || objectOrEmpty(schemas[name]).required === true,
      schema: objectOrEmpty(schemas[name] ?? { type: 'string' }),
      style: objectOrEmpty(styles[name]),
    }));
    return [...parameters.filter((each) => each.required), ...parameters.filter((each) => !each.required)];
  });
  return { list, definitions };
}

function templateVariables(path: string): string[] {
  return [...path.matchAll(/\{([^{}/]+)\}/g)].map(([, name]) => name ?? '');
}
