import type { components } from '../../api/schema.js';

/** An operator as the registry answers it. */
export type OperatorAnswer = components['schemas']['OperatorResponse'];
