import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DATA, documentList, type SourceDocument } from './data-files.js';
import { operationsOf } from './openapi-operations.js';

/**
 * `node dist/bench/search/build-corpus.js NODE_MODULES` makes data/corpus.jsonl.gz from the packages that
 * data/documents.json names. The same packages give the same file. They are not dependencies: one has 400 MB.
 */
const [modules] = process.argv.slice(2);
if (modules === undefined) throw new Error('usage: build-corpus.js NODE_MODULES');

const { packages, documents } = await documentList();
for (const [name, version] of Object.entries(packages)) {
  const manifest = JSON.parse(await readFile(join(modules, name, 'package.json'), 'utf8')) as {
    version: string;
  };
  if (manifest.version !== version) throw new Error(`${name} is ${manifest.version}, not ${version}`);
}
const lines: string[] = [];
for (const document of documents) lines.push(...(await linesOf(modules, document)));
const text = `${lines.join('\n')}\n`;
await writeFile(new URL('corpus.jsonl.gz', DATA), gzipSync(text, { level: 9 }));
const digest = createHash('sha256').update(text).digest('hex');
process.stdout.write(`${documents.length} documents, ${lines.length} operations, sha256 ${digest}\n`);

async function linesOf(folder: string, document: SourceDocument): Promise<string[]> {
  const bytes = await readFile(join(folder, document.package, document.file));
  const digest = createHash('sha256').update(bytes).digest('hex');
  if (digest !== document.sha256) throw new Error(`${document.file} is not the document that was judged`);
  const operations = operationsOf(document.application, JSON.parse(bytes.toString('utf8')));
  if (operations.length !== document.operations) {
    throw new Error(
      `${document.application} has ${operations.length} operations, not ${document.operations}`,
    );
  }
  return operations.map((operation) => JSON.stringify(operation));
}
