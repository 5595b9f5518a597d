import { Injectable } from '@nestjs/common';
import { CredentialsRefused } from '#libs/access/access.errors.js';
import { ADMIN_KEY_NAME, AdminKeyGuard } from '#libs/access/admin-key.guard.js';
import type { OperatorCaller } from '#libs/access/caller.js';
import { OperatorVerifier } from '#libs/access/operator-verifier.js';
import { type Change, ChangeRecorder } from '#libs/audit-trail/change-recorder.js';
import { AppConfig } from '#libs/config/app-config.js';
import { DatabaseClock } from '#libs/database/database-clock.js';
import { newId } from '#libs/database/new-id.js';
import { type Listing, listing } from '#libs/pagination/listing.js';
import type { PageQuery } from '#libs/pagination/page-query.js';
import { assertValid } from '#libs/problem-details/invalid-input.js';
import { toResponse } from '#libs/responses/response-field.decorator.js';
import { storableText } from '#libs/validation/storable-text.js';
import { OperatorsService } from '../operators/operators.service.js';
import type { StartSessionRequest } from './dto/session.request.js';
import { OperatorSessionResponse, SignInCodeResponse } from './dto/session.response.js';
import { RegistrySessionVerifier } from './registry-session.verifier.js';
import type { SessionEntity } from './session.entity.js';
import { KeyRequired, SessionNotFound } from './session.errors.js';
import { hashesOf, newSessionSecret } from './session-secret.js';
import { type Credential, SessionsRepository } from './sessions.repository.js';

const CODE_SECONDS = 60;
const MAX_USER_AGENT_LENGTH = 512;

/** Where a session is started from. */
export interface SessionOrigin {
  readonly ipAddress: string | undefined;
  readonly userAgent: string | undefined;
}

export interface StartedSession {
  /** Given to the browser once; the registry keeps its hash. */
  readonly token: string;
  readonly caller: OperatorCaller;
}

/** Sessions of operators in the browser: started with a key or a one-time code, ended with it. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly verifier: RegistrySessionVerifier,
    private readonly keys: OperatorVerifier,
    private readonly adminKey: AdminKeyGuard,
    private readonly operators: OperatorsService,
    private readonly changes: ChangeRecorder,
    private readonly clock: DatabaseClock,
    private readonly config: AppConfig,
  ) {}

  /** @throws InvalidInput; CredentialsRefused when the key or code is not accepted */
  async start(request: StartSessionRequest, origin: SessionOrigin): Promise<StartedSession> {
    const credential = await this.credentialOf(request);
    const now = this.clock.now();
    const { sessionSeconds, sessionIdleSeconds } = this.config.console;
    await this.sessions.deletePast(now, new Date(now.getTime() - sessionIdleSeconds * 1000));
    const token = newSessionSecret();
    const session: SessionEntity = {
      id: newId(),
      tokenHash: this.hash(token),
      ...credential,
      ipAddress: origin.ipAddress ?? null,
      userAgent:
        origin.userAgent === undefined ? null : storableText(origin.userAgent, MAX_USER_AGENT_LENGTH),
      createdAt: now,
      lastSeenAt: now,
      expiresAt: new Date(now.getTime() + sessionSeconds * 1000),
    };
    await this.sessions.insert(session);
    const verification = await this.verifier.verifyNew(token);
    if (!verification.accepted) throw new CredentialsRefused(verification);
    const { caller } = verification;
    this.changes.record(sessionChange(session.id, { by: caller, after: shown(session) }));
    return { token, caller };
  }

  /** A code that starts one session with the credentials of the caller. @throws KeyRequired */
  async issueCode({
    session,
    operatorKeyId,
    adminKeyFingerprint,
  }: OperatorCaller): Promise<SignInCodeResponse> {
    if (session !== null) throw new KeyRequired();
    const code = newSessionSecret();
    const expiresAt = new Date(this.clock.now().getTime() + CODE_SECONDS * 1000);
    await this.sessions.insertCode({ hash: this.hash(code), operatorKeyId, adminKeyFingerprint, expiresAt });
    const key = operatorKeyId ?? ADMIN_KEY_NAME;
    this.changes.record(sessionChange(key, { after: { signInCode: { key, expiresAt } } }));
    return { code, expiresAt };
  }

  /** Ends the session of the caller, if the call is made in one. */
  async end({ session }: OperatorCaller): Promise<void> {
    const ended = session === null ? undefined : await this.sessions.delete(session.id);
    if (ended !== undefined) this.changes.record(sessionChange(ended.id, { before: shown(ended) }));
  }

  /** @throws OperatorNotFound */
  async list(operatorName: string, query: PageQuery): Promise<Listing<OperatorSessionResponse>> {
    const { id } = (await this.operators.get(operatorName)).body;
    return listing(
      query,
      (after, limit) => this.sessions.ofOperator(id, after, limit),
      (session) => shown(session),
    );
  }

  /** @throws OperatorNotFound, SessionNotFound */
  async revoke(operatorName: string, id: string): Promise<void> {
    const operator = await this.operators.findAndLock(operatorName);
    const session = await this.sessions.find(operator.id, id);
    if (session === undefined) throw new SessionNotFound(id);
    await this.sessions.delete(id);
    this.changes.record(sessionChange(id, { before: { operator: operatorName, ...shown(session) } }));
  }

  private async credentialOf({ key, code }: StartSessionRequest): Promise<Credential> {
    if ((key == null) === (code == null)) {
      assertValid([{ pointer: '#', detail: 'must have either key or code' }]);
    }
    if (code != null) {
      const hashes = hashesOf(code, this.config.secrets.secretKeys);
      const credential = await this.sessions.takeCode(hashes, this.clock.now());
      if (credential === undefined) throw new CredentialsRefused({ reason: 'unknown-sign-in-code' });
      return credential;
    }
    const fingerprint = this.adminKey.fingerprintOf(key ?? '');
    if (fingerprint !== undefined) return { operatorKeyId: null, adminKeyFingerprint: fingerprint };
    const verification = await this.keys.verify(key ?? '');
    if (!verification.accepted) throw new CredentialsRefused(verification);
    return { operatorKeyId: verification.caller.operatorKeyId, adminKeyFingerprint: null };
  }

  private hash(secret: string): string {
    const [hash] = hashesOf(secret, this.config.secrets.secretKeys);
    if (hash === undefined) throw new Error('A new secret has no hash');
    return hash;
  }
}

function shown(session: SessionEntity): OperatorSessionResponse {
  return toResponse(OperatorSessionResponse, session);
}

function sessionChange(id: string, values: Pick<Change, 'by' | 'before' | 'after'>): Change {
  return { resourceType: 'session', resourceId: id, applicationId: null, appKey: null, ...values };
}
