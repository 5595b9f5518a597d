import { DomainError } from '#libs/problem-details/domain-error.js';

/** 404: the operator does not serve catalogues. */
export class CatalogSwitchedOff extends DomainError {
  constructor() {
    super({
      code: 'catalog-switched-off',
      status: 404,
      title: 'Not found',
      detail: 'This registry serves no catalogue of MCP servers.',
    });
  }
}

/** 404: the catalogue has no such server, or not in this version. */
export class ServerNotFound extends DomainError {
  constructor(name: string, catalogVersion?: string) {
    super({
      code: 'server-not-found',
      status: 404,
      title: 'Server not found',
      detail: `There is no server '${name}'${catalogVersion === undefined ? '' : ` in version '${catalogVersion}'`}.`,
    });
  }
}
