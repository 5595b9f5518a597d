import { text as textOf } from 'node:stream/consumers';
import { parsedUrl } from '#libs/validation/parsed-url.js';
import { WrongUsage } from '../failure.js';
import { askSecret, isInteractive } from '../terminal/prompts.js';

const VARIABLE = 'MCP_REGISTRY_IMPORT_URL';

/** The accepted schemes. */
export interface SourceKind {
  readonly protocols: readonly string[];
  readonly example: string;
}

/**
 * The URL of the source: from the argument, from standard input when that is `-`, otherwise from the environment or a
 * prompt. A password in an argument is visible to every user of the machine.
 *
 * @throws WrongUsage when there is none, or its scheme is another; the message never repeats the value
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
  // The URL parser accepts postgresql:/host as a URL without a host.
  if (url === undefined || !protocols.includes(url.protocol) || !/^[a-z]+:\/\//i.test(text)) {
    throw new WrongUsage(`The URL to import from is not one such as ${example}.`);
  }
  return url;
}

/** The URL for messages: without its password and its parameters, which may hold another one. */
export function shownUrl(url: URL): string {
  const shown = new URL(url);
  if (shown.password !== '') shown.password = '***';
  shown.search = '';
  return shown.href;
}

/** The message of a driver's error, without the password of the URL. */
export function withoutPassword(error: unknown, { password }: URL): string {
  const { message, code } = error as { message?: string; code?: string };
  const said = message !== undefined && message !== '' ? message : (code ?? String(error));
  if (password === '') return said;
  return said.replaceAll(password, '***').replaceAll(decodeURIComponent(password), '***');
}
