import { text as textOf } from 'node:stream/consumers';
import { parsedUrl } from '#libs/validation/parsed-url.js';
import { WrongUsage } from '../failure.js';
import { askSecret, isInteractive } from '../terminal/prompts.js';

const VARIABLE = 'MCP_REGISTRY_IMPORT_URL';

/** Which URLs can be meant. */
export interface SourceKind {
  readonly protocols: readonly string[];
  readonly example: string;
}

/**
 * The URL of what is imported: from the argument, from standard input when that is `-`, otherwise from the environment
 * or from whoever sits at the terminal. A password in an argument is there for everybody to see.
 *
 * @throws WrongUsage when there is none, or it is of another kind; what it holds is never repeated
 */
export async function sourceUrl(
  argument: string | undefined,
  { protocols, example }: SourceKind,
): Promise<URL> {
  const given = argument === '-' ? await textOf(process.stdin) : (argument ?? process.env[VARIABLE]);
  const trimmed = given?.trim() ?? '';
  if (trimmed === '' && (argument !== undefined || !isInteractive())) {
    throw new WrongUsage(
      `The URL to import from is missing: give ${example}, or - to read it from standard input, or put it into ${VARIABLE}.`,
    );
  }
  const text = trimmed === '' ? (await askSecret(`The URL to import from (${example})`)).trim() : trimmed;
  const url = parsedUrl(text);
  // The parser takes postgresql:/host for a URL without a host.
  if (url === undefined || !protocols.includes(url.protocol) || !/^[a-z]+:\/\//i.test(text)) {
    throw new WrongUsage(`The URL to import from is not one such as ${example}.`);
  }
  return url;
}

/** The URL as it may be shown: without its password and its parameters, which may hold another one. */
export function shownUrl(url: URL): string {
  const shown = new URL(url);
  if (shown.password !== '') shown.password = '***';
  shown.search = '';
  return shown.href;
}

/** What an error of a driver says, without the URL's password. */
export function withoutPassword(error: unknown, { password }: URL): string {
  const { message, code } = error as { message?: string; code?: string };
  const said = message !== undefined && message !== '' ? message : (code ?? String(error));
  if (password === '') return said;
  return said.replaceAll(password, '***').replaceAll(decodeURIComponent(password), '***');
}
