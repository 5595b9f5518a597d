import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import { Injectable, Logger } from '@nestjs/common';
import type { Encoding } from '#libs/http-cache/cached-response.js';
import { consolePage } from './console-page.js';

/** What `apps/console/build.mjs` has written, from where this file is when it is compiled. */
const FOLDER = new URL('../../../console/', import.meta.url);
const METAFILE = new URL('meta.json', FOLDER);

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

/** As esbuild describes its output. */
interface Metafile {
  readonly outputs: Readonly<Record<string, { readonly entryPoint?: string; readonly cssBundle?: string }>>;
}

/** At their best: each file is compressed once. */
const COMPRESSORS: Readonly<Record<Encoding, (body: Buffer) => Promise<Buffer>>> = {
  br: promisify<Buffer, Buffer>(brotliCompress),
  gzip: promisify<Buffer, Buffer>(gzip),
};

/** A file in memory, compressed once in each encoding. */
export class ConsoleFile {
  private readonly encodedBodies = new Map<Encoding, Promise<Buffer>>();

  constructor(
    readonly type: string,
    readonly body: Buffer,
  ) {}

  encoded(encoding: Encoding): Promise<Buffer> {
    const known = this.encodedBodies.get(encoding);
    if (known !== undefined) return known;
    const made = COMPRESSORS[encoding](this.body);
    this.encodedBodies.set(encoding, made);
    made.catch(() => this.encodedBodies.delete(encoding));
    return made;
  }
}

/** The page and the files that it loads. */
interface BuiltConsole {
  readonly page: ConsoleFile;
  readonly assets: ReadonlyMap<string, ConsoleFile>;
  readonly builtAt: number;
}

/** The built console: what its metafile names, and nothing else of its folder. */
@Injectable()
export class ConsoleFiles {
  private readonly logger = new Logger(ConsoleFiles.name);
  private built: BuiltConsole | undefined;

  /** Reads the files. Without a build there is no console, and the log says so. */
  async load(basePath: string): Promise<void> {
    try {
      this.built = await read(basePath);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      this.logger.warn('There is no console: npm run build:console builds it.');
    }
  }

  /** As {@link load}, when it was built again: for those who develop it. */
  async loadAgain(basePath: string): Promise<void> {
    const { mtimeMs } = await stat(METAFILE).catch(() => ({ mtimeMs: 0 }));
    if (mtimeMs !== (this.built?.builtAt ?? 0)) await this.load(basePath);
  }

  get page(): ConsoleFile | undefined {
    return this.built?.page;
  }

  asset(name: string): ConsoleFile | undefined {
    return this.built?.assets.get(name);
  }
}

async function read(basePath: string): Promise<BuiltConsole> {
  const { mtimeMs } = await stat(METAFILE);
  const { outputs } = JSON.parse(await readFile(METAFILE, 'utf8')) as Metafile;
  const assets = new Map<string, ConsoleFile>();
  for (const path of Object.keys(outputs)) {
    const name = nameOf(path);
    const type = TYPES[name.split('.').at(-1) ?? ''];
    if (type !== undefined) assets.set(name, new ConsoleFile(type, await readFile(new URL(name, FOLDER))));
  }
  const entry = (source: string): { script: string; style: string | undefined } => {
    const [path = '', output] =
      Object.entries(outputs).find(([, { entryPoint }]) => entryPoint === source) ?? [];
    return { script: nameOf(path), style: output?.cssBundle && nameOf(output.cssBundle) };
  };
  const main = entry('src/main.tsx');
  const page = consolePage(basePath, {
    main: main.script,
    style: main.style,
    theme: entry('src/theme.ts').script,
  });
  return { page: new ConsoleFile('text/html; charset=utf-8', Buffer.from(page)), assets, builtAt: mtimeMs };
}

function nameOf(path: string): string {
  return path.split('/').at(-1) ?? '';
}
