/** What an import writes: an environment comes with its endpoints, the history is that of health checks and changes. */
export const IMPORTED_PARTS = ['applications', 'environments', 'keys', 'history'] as const;
export type ImportedPart = (typeof IMPORTED_PARTS)[number];
