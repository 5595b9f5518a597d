import type { components } from '../../api/schema.js';

/** An API key with the environment that it is of. */
export type ListedKey = components['schemas']['ListedApiKeyResponse'];
