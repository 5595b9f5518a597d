import { createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AppConfig } from '../config/app-config.js';
import { clientAddress } from '../http/client-network.js';
import { headerValue } from '../http/header-value.js';
import { CredentialsRefused } from './access.errors.js';
import { AuthMetrics } from './auth-metrics.js';
import { Bindings } from './bindings.js';
import type { OperatorCaller } from './caller.js';
import { HEADERS } from './security-schemes.js';

/** The name of `REGISTRY_ADMIN_KEY` where operators have theirs. */
export const ADMIN_KEY_NAME = 'REGISTRY_ADMIN_KEY';

/** Who calls with a value of `REGISTRY_ADMIN_KEY`, or in a session that was started with it. */
export function adminKeyCaller(
  adminKeyFingerprint: string,
  session: OperatorCaller['session'] = null,
): OperatorCaller {
  return {
    kind: 'admin',
    role: 'admin',
    operatorName: ADMIN_KEY_NAME,
    operatorId: null,
    operatorKeyId: null,
    adminKeyFingerprint,
    bindings: Bindings.NONE,
    session,
  };
}

/** How often the log says of a key that is being replaced that it is still in use. */
const REMINDER_MS = 60 * 60_000;

/** Recognises `REGISTRY_ADMIN_KEY`, for the first operators and for emergencies: compared in constant time. */
@Injectable()
export class AdminKeyGuard {
  private readonly logger = new Logger('AdminKey');
  private readonly expected: readonly Buffer[];
  private readonly callers: readonly OperatorCaller[];
  /** By position in the list, on the monotonic clock. */
  private readonly remindedAt = new Map<number, number>();

  constructor(
    private readonly config: AppConfig,
    private readonly metrics: AuthMetrics,
  ) {
    this.expected = config.secrets.adminKeys.map((key) => this.fingerprint(key));
    this.callers = this.expected.map((fingerprint) => adminKeyCaller(fingerprint.toString('hex')));
  }

  /** @throws CredentialsRefused unless the request has a right admin key */
  identify(request: FastifyRequest): OperatorCaller {
    const key = headerValue(request, HEADERS.adminKey);
    if (key === undefined) throw new CredentialsRefused({ reason: 'missing-credentials' });
    const position = this.positionOf(key);
    const caller = this.callers[position];
    if (caller === undefined) throw new CredentialsRefused({ reason: 'wrong-admin-key' });
    this.metrics.adminKeyUsed();
    if (position > 0) this.remind(position, request);
    return caller;
  }

  /** By which sessions know the value that they were started with; `undefined` for a wrong key. */
  fingerprintOf(key: string): string | undefined {
    const fingerprint = this.expected[this.positionOf(key)]?.toString('hex');
    if (fingerprint !== undefined) this.metrics.adminKeyUsed();
    return fingerprint;
  }

  /** Whether this value is still one of `REGISTRY_ADMIN_KEY`. */
  isCurrent(fingerprint: string): boolean {
    return this.callers.some(({ adminKeyFingerprint }) => adminKeyFingerprint === fingerprint);
  }

  /** Compares with all of them, so that the time does not tell which one it was; -1: none. */
  private positionOf(key: string): number {
    const fingerprint = this.fingerprint(key);
    return this.expected.reduce(
      (found, expected, position) =>
        timingSafeEqual(fingerprint, expected) && found === -1 ? position : found,
      -1,
    );
  }

  /** Shows operators who rotate a key which clients still use the old one. */
  private remind(position: number, request: FastifyRequest): void {
    const now = performance.now();
    if (now - (this.remindedAt.get(position) ?? -Infinity) < REMINDER_MS) return;
    this.remindedAt.set(position, now);
    this.logger.warn(
      `Number ${position + 1} of the keys in REGISTRY_ADMIN_KEY is still in use, for example by ${clientAddress(request) ?? 'unknown'}`,
    );
  }

  /** Of one length whatever the key's, so that even the length does not show. */
  private fingerprint(key: string): Buffer {
    return createHmac('sha256', this.config.secrets.secretKeys[0]).update(key).digest();
  }
}
