import { getMetadataArgsStorage } from 'typeorm';

/** The names of the tables that these entities map. */
export function tableNames(entities: readonly (new () => object)[]): string[] {
  return getMetadataArgsStorage()
    .tables.filter(({ target }) => entities.some((entity) => entity === target))
    .map(({ name }) => String(name));
}
