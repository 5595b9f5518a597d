import { HttpStatus } from '@nestjs/common';
import type { FastifyInstance, preParsingHookHandler } from 'fastify';
import { DomainError } from '#libs/problem-details/domain-error.js';

const METHODS_WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** 415: the body is compressed. `Accept-Encoding` names accepted encodings (RFC 9110, section 15.5.16). */
class EncodedBody extends DomainError {
  constructor() {
    super({
      code: 'encoded-body',
      status: HttpStatus.UNSUPPORTED_MEDIA_TYPE,
      title: 'Unsupported content encoding',
      detail: 'The only Content-Encoding that is accepted is identity: send the body uncompressed.',
      headers: { 'Accept-Encoding': 'identity' },
    });
  }
}

/** Refuses bodies in an encoding, once the credentials were accepted and before anything is read. */
export function refuseContentEncodings(fastify: FastifyInstance): void {
  const refuse: preParsingHookHandler = ({ headers }, _reply, payload, done) => {
    if (isIdentity(headers['content-encoding'])) done(null, payload);
    else done(new EncodedBody());
  };
  fastify.addHook('onRoute', (route) => {
    if (![route.method].flat().some((method) => METHODS_WITH_BODY.has(method))) return;
    route.preParsing = [route.preParsing ?? [], refuse].flat();
  });
}

function isIdentity(encodings = ''): boolean {
  return encodings.split(',').every((each) => ['', 'identity'].includes(each.trim().toLowerCase()));
}
