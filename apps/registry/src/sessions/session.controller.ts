import { Body, Controller, Delete, Get, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CredentialsRefused } from '#libs/access/access.errors.js';
import { CurrentCaller, type OperatorCaller } from '#libs/access/caller.js';
import { ClientCertificates } from '#libs/access/client-certificates.js';
import { cookieName, isFromOwnPage } from '#libs/access/session-cookie.js';
import { HttpsRequired, mayHaveSession } from '#libs/access/session-transport.js';
import { AppConfig } from '#libs/config/app-config.js';
import { clientAddress, clientNetwork } from '#libs/http/client-network.js';
import { Route } from '#libs/routes/route.decorator.js';
import { StartSessionRequest } from './dto/session.request.js';
import { SessionResponse, SignInCodeResponse } from './dto/session.response.js';
import { NotFromOwnPage } from './session.errors.js';
import { SessionsService } from './sessions.service.js';
import { SignInAttempts } from './sign-in-attempts.js';

@ApiTags('Sessions')
@Controller('session')
export class SessionController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly attempts: SignInAttempts,
    private readonly certificates: ClientCertificates,
    private readonly config: AppConfig,
  ) {}

  @Post()
  @Route('public', 'Sign in: start a session with the key of an operator, or with a code', {
    created: SessionResponse,
    audited: 'session.started',
    description:
      'The session is a cookie that scripts cannot read. It counts in requests with `X-Registry-Console: 1` from pages of this origin.',
    problems: [401, 403],
  })
  async create(
    @Body() body: StartSessionRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionResponse> {
    if (!isFromOwnPage(request)) throw new NotFromOwnPage();
    if (!mayHaveSession(request, this.config.console)) throw new HttpsRequired();
    if (this.certificates.isMissing(request)) {
      throw new CredentialsRefused({ reason: 'client-certificate-required' });
    }
    this.attempts.count(clientNetwork(request));
    const { token, caller } = await this.sessions.start(body, {
      ipAddress: clientAddress(request),
      userAgent: request.headers['user-agent'],
    });
    reply.header('set-cookie', cookie(request, token));
    return shown(caller);
  }

  @Get()
  @Route('agent', 'Get who calls, within a session or by a key', { ok: SessionResponse })
  get(@CurrentCaller() caller: OperatorCaller): SessionResponse {
    return shown(caller);
  }

  @Delete()
  @Route('agent', 'Sign out: end the session', { audited: 'session.ended' })
  async end(
    @CurrentCaller() caller: OperatorCaller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.sessions.end(caller);
    reply
      .header('set-cookie', `${cookie(request, '')}; Max-Age=0`)
      .header('clear-site-data', '"cache", "storage"');
  }

  @Post('codes')
  @Route('agent', 'Get a code that starts one session within a minute, with the key of this call', {
    created: SignInCodeResponse,
    audited: 'session.code-issued',
    description: 'So that a key need not be entered in a browser. Not within a session.',
  })
  issueCode(@CurrentCaller() caller: OperatorCaller): Promise<SignInCodeResponse> {
    return this.sessions.issueCode(caller);
  }
}

/** `SameSite=Strict`: the browser sends it with no request that another site began. */
function cookie(request: FastifyRequest, token: string): string {
  const secure = request.protocol === 'https' ? '; Secure' : '';
  return `${cookieName(request)}=${token}; Path=/; HttpOnly; SameSite=Strict${secure}`;
}

function shown({ operatorName, role, bindings, session }: OperatorCaller): SessionResponse {
  const { applications, environments } = bindings;
  return { operator: operatorName, role, applications, environments, expiresAt: session?.expiresAt ?? null };
}
