import { fileURLToPath } from 'node:url';

const PACKAGES = new URL('../../../node_modules/', import.meta.url);

function inPackage(path: string): string {
  return fileURLToPath(new URL(path, PACKAGES));
}

/** Descriptions of real APIs, as their packages bring them. */
export const API_DOCUMENTS = {
  'Blockfrost (3.0, YAML)': inPackage('@blockfrost/openapi/openapi.yaml'),
  'Dialogporten (3.0)': inPackage('@digdir/dialogporten-schema/swagger.verified.json'),
  'Directus (3.0, circular)': inPackage('@directus/specs/dist/openapi.json'),
  'Figma (3.1, YAML)': inPackage('@figma/rest-api-spec/openapi/openapi.yaml'),
  'Ideal Postcodes (3.0)': inPackage('@ideal-postcodes/openapi/dist/openapi.json'),
  'Netlify (2.0)': inPackage('@netlify/open-api/dist/swagger.json'),
  'Scalar Galaxy (3.1, YAML)': inPackage('@scalar/galaxy/dist/3.1.yaml'),
  'Parameter styles (3.1)': inPackage('@readme/oas-examples/3.1/json/parameters-style.json'),
  'Petstore (2.0, YAML)': inPackage('@readme/oas-examples/2.0/yaml/petstore.yaml'),
  'ReadMe (3.1)': inPackage('@readme/oas-examples/3.1/json/readme.json'),
  'Star Trek (3.0)': inPackage('@readme/oas-examples/3.0/json/star-trek.json'),
  'Train Travel (3.1)': inPackage('@readme/oas-examples/3.1/json/train-travel.json'),
  'USPTO (3.0)': inPackage('@readme/oas-examples/3.0/json/uspto.json'),
} as const;
