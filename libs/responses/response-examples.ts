/** A time, as the OpenAPI document shows it in responses. */
export const TIME_EXAMPLE = '2026-11-22T08:00:00.000Z';
