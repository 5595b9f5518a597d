import { ENDPOINT_METHODS } from '../domain/endpoint.js';

/** The methods of endpoints as members of a path item. */
export const METHODS = ENDPOINT_METHODS.map((method) => method.toLowerCase());

/**
 * Member of an operation with the fields of its endpoint that OpenAPI has no place for. JSON is there as text: tools
 * look for references wherever they find an object.
 */
export const EXTENSION = 'x-mcp-registry';
