import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, context } from 'esbuild';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const OUTPUT = fileURLToPath(new URL('../../dist/apps/console/', import.meta.url));
const NODE_MODULES = fileURLToPath(new URL('./browser/node-modules.js', import.meta.url));
const isWatching = process.argv.includes('--watch');

/**
 * Writes files that are not there yet, then what names them, then removes those of earlier builds: a service that reads them
 * meanwhile finds whole files. Only those that the metafile names are served.
 */
const writeOutput = {
  name: 'write-output',
  setup({ onEnd }) {
    onEnd(async ({ metafile, outputFiles, errors }) => {
      if (errors.length > 0) return;
      await mkdir(OUTPUT, { recursive: true });
      const present = await readdir(OUTPUT);
      for (const { path, contents } of outputFiles) {
        if (!present.includes(basename(path))) await writeFile(path, contents);
      }
      await writeFile(`${OUTPUT}meta.json.new`, JSON.stringify(metafile));
      await rename(`${OUTPUT}meta.json.new`, `${OUTPUT}meta.json`);
      const named = ['meta.json', ...outputFiles.map(({ path }) => basename(path))];
      for (const name of present) if (!named.includes(name)) await rm(`${OUTPUT}${name}`, { force: true });
    });
  },
};

/** @type {import('esbuild').BuildOptions} */
const options = {
  absWorkingDir: HERE,
  entryPoints: ['src/main.tsx', 'src/theme.ts'],
  outdir: OUTPUT,
  entryNames: '[name]-[hash]',
  chunkNames: 'chunk-[hash]',
  assetNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  target: ['es2022', 'chrome111', 'firefox115', 'safari16.4'],
  // The reader of OpenAPI documents is that of the command line, with what it needs of Node.js.
  conditions: ['registry-source'],
  alias: {
    'openapi-reader': fileURLToPath(new URL('../../libs/openapi/read-lone-document.ts', import.meta.url)),
    'node:buffer': NODE_MODULES,
    'node:url': NODE_MODULES,
    swagger2openapi: NODE_MODULES,
  },
  jsx: 'automatic',
  jsxImportSource: 'preact',
  minify: !isWatching,
  sourcemap: isWatching ? 'inline' : false,
  metafile: true,
  logLevel: 'warning',
  write: false,
  plugins: [writeOutput],
};

if (isWatching) await (await context(options)).watch();
else await build(options);
