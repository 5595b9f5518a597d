import type { HealthBehaviour } from './health-endpoints.js';

export interface DemoEnvironment {
  readonly name: string;
  /** Behaviour of its health endpoint. Absent: the environment has a `baseDomain` and is not probed. */
  readonly health?: HealthBehaviour;
  readonly baseDomain?: string;
}

export interface DemoApplication {
  readonly appKey: string;
  readonly name: string;
  readonly description: string;
  /** OpenAPI description of a public API, below node_modules. */
  readonly document: string;
  readonly environments: readonly DemoEnvironment[];
}

/** The demo of `npm run seed`. */
export const DEMO_APPLICATIONS: readonly DemoApplication[] = [
  {
    appKey: 'galaxy',
    name: 'Scalar Galaxy',
    description: 'Planets and the creatures that live there',
    document: '@scalar/galaxy/dist/3.1.yaml',
    environments: [
      { name: 'production', health: 'up' },
      { name: 'staging', health: 'up' },
      { name: 'development', health: 'down' },
    ],
  },
  {
    appKey: 'train-travel',
    name: 'Train Travel',
    description: 'Finds and books train trips across Europe',
    document: '@readme/oas-examples/3.1/json/train-travel.json',
    environments: [
      { name: 'production', health: 'flapping' },
      { name: 'staging', health: 'up' },
    ],
  },
  {
    appKey: 'star-trek',
    name: 'Star Trek',
    description: 'Characters, ships and episodes of Star Trek',
    document: '@readme/oas-examples/3.0/json/star-trek.json',
    environments: [{ name: 'production', health: 'slow' }],
  },
  {
    appKey: 'petstore',
    name: 'Petstore',
    description: 'Sells pets and takes orders',
    document: '@readme/oas-examples/2.0/yaml/petstore.yaml',
    environments: [{ name: 'production', health: 'down' }],
  },
  {
    appKey: 'uspto',
    name: 'USPTO Data Set',
    description: 'Searches data sets of the United States Patent and Trademark Office',
    document: '@readme/oas-examples/3.0/json/uspto.json',
    environments: [
      { name: 'production', health: 'up' },
      { name: 'staging', health: 'slow' },
    ],
  },
  {
    appKey: 'figma',
    name: 'Figma',
    description: 'Files, comments and components of Figma',
    document: '@figma/rest-api-spec/openapi/openapi.yaml',
    environments: [{ name: 'production', baseDomain: 'api.figma.com' }],
  },
];
