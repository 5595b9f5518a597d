import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { bindingsOfAgent, callerOf } from '#libs/access/caller.js';
import { McpService } from './mcp.service.js';
import { PlainAnswers } from './plain-answers.js';
import { plainCallIn } from './plain-call.js';
import { ToolCalls } from './tool-calls.js';

/**
 * Answers plain calls of tools in a Fastify hook, before Nest and the server of the SDK: they are what agents send most. The
 * bytes are those that the SDK would send. Credentials have been checked as for any other request; applications, whose keys are
 * checked a second time once the body is there, take the long way.
 */
@Injectable()
export class McpFastPath implements OnModuleInit {
  constructor(
    private readonly adapterHost: HttpAdapterHost<FastifyAdapter>,
    private readonly calls: ToolCalls,
    private readonly answers: PlainAnswers,
    private readonly mcp: McpService,
  ) {}

  onModuleInit(): void {
    this.adapterHost.httpAdapter.getInstance().addHook('preHandler', (request, reply, done) => {
      const caller = callerOf(request);
      const call =
        request.admittedUnder === 'agents' && request.method === 'POST' && caller.kind !== 'application'
          ? plainCallIn(request)
          : undefined;
      if (call === undefined || !this.calls.has(call.name)) {
        done();
        return;
      }
      try {
        this.mcp.checkOrigin(request);
      } catch (error) {
        done(error as Error);
        return;
      }
      this.answers
        .answerTo(call, bindingsOfAgent(caller))
        .then((json) => reply.type('application/json; charset=utf-8').send(json), done);
    });
  }
}
