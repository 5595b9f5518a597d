import { Injectable } from '@nestjs/common';
import { jsonList } from '#libs/database/column-lists.js';
import { Database } from '#libs/database/database.js';
import { otherMeanings, portionsOf } from '#libs/database/json-meanings.js';
import { JsonText } from '#libs/json/json-text.js';
import type { Definition } from './valid-definitions.js';

/** One difference between the stored definitions of an environment and those of a batch. */
export type DefinitionDifference =
  | { readonly kind: 'added'; readonly name: string; readonly new: JsonText }
  | { readonly kind: 'updated'; readonly name: string; readonly old: JsonText; readonly new: JsonText }
  | { readonly kind: 'deleted'; readonly name: string; readonly old: JsonText };

@Injectable()
export class DefinitionsRepository {
  constructor(private readonly database: Database) {}

  async differences(environmentId: string, batch: readonly Definition[]): Promise<DefinitionDifference[]> {
    const rows = await this.database.query<{ name: string; schema: string }>(
      `SELECT "name", "schema"::text FROM "Definition" WHERE "environmentId" = $1 ORDER BY "name"`,
      [environmentId],
    );
    const stored = new Map(rows.map(({ name, schema }) => [name, schema]));
    const added: DefinitionDifference[] = [];
    const candidates: { readonly name: string; readonly old: string; readonly new: string }[] = [];
    for (const { name, schema } of batch) {
      const old = stored.get(name);
      stored.delete(name);
      if (old === undefined) added.push({ kind: 'added', name, new: schema });
      else if (old !== schema.text) candidates.push({ name, old, new: schema.text });
    }
    const updated = (await otherMeanings(this.database, candidates)).map((each): DefinitionDifference => ({
      kind: 'updated',
      name: each.name,
      old: new JsonText(each.old),
      new: new JsonText(each.new),
    }));
    const deleted = [...stored].map(([name, old]): DefinitionDifference => ({
      kind: 'deleted',
      name,
      old: new JsonText(old),
    }));
    return [...added, ...updated, ...deleted];
  }

  async apply(environmentId: string, differences: readonly DefinitionDifference[]): Promise<void> {
    const deleted = differences.filter(({ kind }) => kind === 'deleted').map(({ name }) => name);
    const written = differences.flatMap((each) => (each.kind === 'deleted' ? [] : [each]));
    await this.database.query(
      `DELETE FROM "Definition" WHERE "environmentId" = $1 AND "name" = ANY($2::text[])`,
      [environmentId, deleted],
    );
    for (const portion of portionsOf(written, (each) => each.new.text.length)) {
      await this.database.query(
        `INSERT INTO "Definition" ("environmentId", "name", "schema")
         SELECT $1, "name", "schema" FROM unnest($2::text[], $3::json[]) AS new("name", "schema")
         ON CONFLICT ("environmentId", "name") DO UPDATE SET "schema" = excluded."schema"`,
        [environmentId, portion.map(({ name }) => name), jsonList(portion.map((each) => each.new.text))],
      );
    }
  }
}
