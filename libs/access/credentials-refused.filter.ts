import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from '../problem-details/problem.filter.js';
import { describeProblem, INTERNAL_ERROR_PROBLEM } from '../problem-details/problem.js';
import {
  CredentialsRefused,
  OtherEnvironment,
  OutsideBindings,
  RoleRequired,
  TooManyFailures,
} from './access.errors.js';
import { AuthMetrics } from './auth-metrics.js';
import { RefusalRecorder } from './refusal-recorder.js';

type Refusal = CredentialsRefused | OtherEnvironment | OutsideBindings | RoleRequired | TooManyFailures;

/** Counts, records and answers every refused credential, whichever guard refused it. */
@Catch(CredentialsRefused, OtherEnvironment, OutsideBindings, RoleRequired, TooManyFailures)
export class CredentialsRefusedFilter implements ExceptionFilter<Refusal> {
  constructor(
    private readonly recorder: RefusalRecorder,
    private readonly authentications: AuthMetrics,
  ) {}

  catch(error: Refusal, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    this.authentications.refused(error.claim.reason);
    this.recorder.refused(error.claim, request);
    sendProblem(
      request,
      host.switchToHttp().getResponse<FastifyReply>(),
      describeProblem(error) ?? INTERNAL_ERROR_PROBLEM,
    );
  }
}
