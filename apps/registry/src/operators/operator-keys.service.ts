import { Injectable } from '@nestjs/common';
import { type Change, ChangeRecorder } from '#libs/audit-trail/change-recorder.js';
import { AppConfig } from '#libs/config/app-config.js';
import { DatabaseClock } from '#libs/database/database-clock.js';
import { newId } from '#libs/database/new-id.js';
import type { OperatorKind } from '#libs/domain/operator.js';
import { endOfGrace, type ExpiryRequest, requestedExpiry } from '#libs/key-lifetime/expiry.js';
import { expiryByDefault } from '#libs/key-lifetime/lifetime-limit.js';
import { toResponse } from '#libs/responses/response-field.decorator.js';
import { DAY_MS } from '#libs/units/durations.js';
import type { IssueOperatorKeyRequest, RotateOperatorKeyRequest } from './dto/operator.request.js';
import { IssuedOperatorKeyResponse, OperatorKeyResponse } from './dto/operator.response.js';
import { OperatorKeyNotFound, OperatorKeyNotUsable } from './operator.errors.js';
import type { OperatorKeyEntity } from './operator-key.entity.js';
import { newOperatorKey } from './operator-key-material.js';
import { OperatorsRepository } from './operators.repository.js';
import { OperatorsService } from './operators.service.js';

/** How long keys are accepted when nothing is said: people leave, and forget keys. Others are rotated by their owners. */
const DAYS_BY_DEFAULT: Readonly<Record<OperatorKind, number | null>> = {
  person: 90,
  service: null,
  agent: null,
};

/** The keys of operators. */
@Injectable()
export class OperatorKeysService {
  constructor(
    private readonly repository: OperatorsRepository,
    private readonly operators: OperatorsService,
    private readonly changes: ChangeRecorder,
    private readonly clock: DatabaseClock,
    private readonly config: AppConfig,
  ) {}

  async issue(
    operatorName: string,
    { name, ...expiry }: IssueOperatorKeyRequest,
    createdBy: string,
  ): Promise<IssuedOperatorKeyResponse> {
    const now = this.clock.now();
    const operator = await this.operators.findAndLock(operatorName);
    const days = DAYS_BY_DEFAULT[operator.kind];
    const expiresAt = this.expiryOf(expiry, now, days === null ? null : days * DAY_MS);
    const { key, row } = this.newKey({ operatorId: operator.id, name, expiresAt, createdBy });
    await this.repository.insertKey(row);
    this.changes.record(keyChange(row.id, { after: toResponse(OperatorKeyResponse, row) }));
    return toResponse(IssuedOperatorKeyResponse, row, { key });
  }

  /** A new key with the old one's name and, unless the request says otherwise, as long a life, within the limit. */
  async rotate(
    operatorName: string,
    id: string,
    { gracePeriodSeconds, ...expiry }: RotateOperatorKeyRequest,
    createdBy: string,
  ): Promise<IssuedOperatorKeyResponse> {
    const now = this.clock.now();
    const operator = await this.operators.findAndLock(operatorName);
    const old = await this.findAndLock(operator.id, id);
    if (!isUsable(old, now)) throw new OperatorKeyNotUsable(id);
    const life = old.expiresAt === null ? null : old.expiresAt.getTime() - old.createdAt.getTime();
    const expiresAt = this.expiryOf(expiry, now, life);
    const { key, row } = this.newKey({ operatorId: operator.id, name: old.name, expiresAt, createdBy });
    const replaced = endOfGrace(old, gracePeriodSeconds ?? 0, now);
    await this.repository.insertKey(row);
    await this.repository.updateKey(id, replaced);
    this.changes.record(
      keyChange(id, {
        before: toResponse(OperatorKeyResponse, old),
        after: {
          old: toResponse(OperatorKeyResponse, { ...old, ...replaced }),
          new: toResponse(OperatorKeyResponse, row),
        },
      }),
    );
    return toResponse(IssuedOperatorKeyResponse, row, { key });
  }

  /** Revoking a key that is revoked already changes nothing. */
  async revoke(operatorName: string, id: string): Promise<void> {
    const operator = await this.operators.findAndLock(operatorName);
    const key = await this.findAndLock(operator.id, id);
    if (key.revokedAt !== null) return;
    const revoked = { revokedAt: this.clock.now() };
    await this.repository.updateKey(id, revoked);
    this.changes.record(
      keyChange(id, {
        before: toResponse(OperatorKeyResponse, key),
        after: toResponse(OperatorKeyResponse, { ...key, ...revoked }),
      }),
    );
  }

  /** @param usualMs the lifetime without a request and a limit; null: for ever */
  private expiryOf(request: ExpiryRequest, now: Date, usualMs: number | null): Date | null {
    const limit = this.config.keyLimits.operatorKeys;
    const usual = usualMs === null ? null : new Date(now.getTime() + usualMs);
    return requestedExpiry(request, now, limit) ?? expiryByDefault(usual, limit, now);
  }

  private newKey(values: Pick<OperatorKeyEntity, 'operatorId' | 'name' | 'expiresAt' | 'createdBy'>): {
    key: string;
    row: OperatorKeyEntity;
  } {
    const { key, selector, hash } = newOperatorKey(this.config.secrets.secretKeys);
    const unused = { lastUsedAt: null, revokedAt: null, createdAt: this.clock.now() };
    return { key, row: { id: newId(), selector, hash, ...values, ...unused } };
  }

  private async findAndLock(operatorId: string, id: string): Promise<OperatorKeyEntity> {
    const key = await this.repository.findAndLockKey(operatorId, id);
    if (key === null) throw new OperatorKeyNotFound(id);
    return key;
  }
}

function isUsable({ revokedAt, expiresAt }: OperatorKeyEntity, now: Date): boolean {
  return revokedAt === null && (expiresAt === null || expiresAt > now);
}

function keyChange(id: string, values: { readonly before?: unknown; readonly after?: unknown }): Change {
  return { resourceType: 'operator-key', resourceId: id, applicationId: null, appKey: null, ...values };
}
