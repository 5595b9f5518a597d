import { jsonTextOf } from '../json/exact-json.js';
import type { Endpoint } from './endpoint.js';
import { operationOf } from './operation-of.js';
import { SecuritySchemes } from './security.js';
import { serverOf } from './server-url.js';

/** What a document says besides its operations. */
export interface DocumentSubject {
  readonly title: string;
  readonly description: string | null;
  /** OpenAPI asks for one; an environment is the nearest thing to it that is registered. */
  readonly version: string;
  readonly baseDomain: string | null;
}

/**
 * Writes the OpenAPI 3.1 document of an environment endpoint by endpoint, so that nobody has to wait for all of it.
 * Reading it again gives the same endpoints, whatever they hold.
 */
export class OpenApiWriter {
  private readonly parts: string[];
  private readonly schemes = new SecuritySchemes();
  private lastPath: string | undefined;
  private written = 0;

  constructor({ title, description, version, baseDomain }: DocumentSubject) {
    const head = {
      openapi: '3.1.0',
      info: { title, ...(description !== null && { description }), version },
      ...(baseDomain !== null && { servers: [serverOf(baseDomain)] }),
    };
    this.parts = [JSON.stringify(head).slice(0, -1), ',"paths":{'];
  }

  /** Characters of the operations so far. */
  get length(): number {
    return this.written;
  }

  /** Takes the next endpoint: those of one path must come one after the other. */
  add(endpoint: Endpoint): void {
    const { path, method } = endpoint;
    if (path === this.lastPath) this.parts.push(',');
    else this.parts.push(this.lastPath === undefined ? '' : '},', `${JSON.stringify(path)}:{`);
    this.lastPath = path;
    const operation = jsonTextOf(operationOf(endpoint, this.schemes));
    this.parts.push(`"${method.toLowerCase()}":${operation}`);
    this.written += operation.length;
  }

  /** The document's text, in parts, when all endpoints have been added. */
  finished(): readonly string[] {
    const components = jsonTextOf({ securitySchemes: this.schemes.all });
    return [...this.parts, this.lastPath === undefined ? '' : '}', `},"components":${components}}`];
  }
}
