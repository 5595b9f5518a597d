import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from '../problem-details/problem.filter.js';
import { stateProblem, UNFORESEEN_PROBLEM } from '../problem-details/problem.js';
import { CredentialsRefused, TooManyFailures } from './access.errors.js';
import { Authentications } from './authentications.js';
import { RefusalRecorder } from './refusal-recorder.js';

/** The one place every refused credential passes, whoever refused it: counted and recorded here, then answered. */
@Catch(CredentialsRefused, TooManyFailures)
export class CredentialsRefusedFilter implements ExceptionFilter<CredentialsRefused | TooManyFailures> {
  constructor(
    private readonly recorder: RefusalRecorder,
    private readonly authentications: Authentications,
  ) {}

  catch(error: CredentialsRefused | TooManyFailures, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    this.authentications.refused(error.claim.reason);
    this.recorder.refused(error.claim, request);
    sendProblem(
      request,
      host.switchToHttp().getResponse<FastifyReply>(),
      stateProblem(error) ?? UNFORESEEN_PROBLEM,
    );
  }
}
