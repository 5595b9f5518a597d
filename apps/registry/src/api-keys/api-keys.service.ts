import { Injectable } from '@nestjs/common';
import type { AuditAction } from '#libs/audit-trail/audited.decorator.js';
import { ChangeRecorder } from '#libs/audit-trail/change-recorder.js';
import { changedFields } from '#libs/audit-trail/changed-fields.js';
import { AppConfig } from '#libs/config/app-config.js';
import { DatabaseClock } from '#libs/database/database-clock.js';
import { newId } from '#libs/database/new-id.js';
import { responseOf } from '#libs/responses/shown.decorator.js';
import { type Listing, listing } from '#libs/pagination/listing.js';
import type { PageQuery } from '#libs/pagination/page-query.js';
import { InvalidInput } from '#libs/problem-details/invalid-input.js';
import type { EnvironmentResponse } from '../environments/dto/environment.response.js';
import { EnvironmentNotFound } from '../environments/environment.errors.js';
import { EnvironmentsService } from '../environments/environments.service.js';
import type { ApiKeyEntity } from './api-key.entity.js';
import { ApiKeyNotFound, ApiKeyNotUsable } from './api-key.errors.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import { BcryptPool } from './bcrypt-pool.js';
import { ApiKeyResponse, IssuedApiKeyResponse } from './dto/api-key.response.js';
import type { ImportedApiKey } from './dto/imported-api-key.js';
import type { ExpiryRequest, IssueApiKeyRequest, RotateApiKeyRequest } from './dto/issue-api-key.request.js';
import { type KeyMaterial, newKeyMaterial } from './key-material.js';

const DAY_MS = 86_400_000;

/** Where a key lives, as the path names it. */
export interface KeyPlace {
  readonly appKey: string;
  readonly environment: string;
}

/** A key that nobody has yet, and its hash. */
export interface HashedKey extends KeyMaterial {
  readonly hashedKey: string;
}

@Injectable()
export class ApiKeysService {
  constructor(
    private readonly apiKeys: ApiKeysRepository,
    private readonly environments: EnvironmentsService,
    private readonly bcrypt: BcryptPool,
    private readonly changes: ChangeRecorder,
    private readonly clock: DatabaseClock,
    private readonly config: AppConfig,
  ) {}

  async list(place: KeyPlace, query: PageQuery): Promise<Listing<ApiKeyResponse>> {
    const { id } = await this.environmentOf(place);
    return listing(
      query,
      (after, limit) => this.apiKeys.listOf(id, after, limit),
      (key) => responseOf(ApiKeyResponse, key),
    );
  }

  async issue(place: KeyPlace, request: IssueApiKeyRequest): Promise<IssuedApiKeyResponse> {
    const expiresAt = expiry(request, this.clock.now()) ?? null;
    const secret = await this.newSecret();
    const environment = await this.environmentOf(place);
    const issued = await this.insert(place, environment, { name: request.name, expiresAt, secret });
    this.recordChange(place, environment, { id: issued.id, after: responseOf(ApiKeyResponse, issued) });
    return responseOf(IssuedApiKeyResponse, issued, { apiKey: secret.key });
  }

  /** A key to be issued by {@link issueHashed}, made before a transaction that must not wait for its hash. */
  hashed(): Promise<HashedKey> {
    return this.newSecret();
  }

  /** As {@link issue}, of a key that was made beforehand, without expiry. */
  async issueHashed(place: KeyPlace, name: string, secret: HashedKey): Promise<void> {
    const environment = await this.environmentOf(place);
    const issued = await this.insert(place, environment, { name, expiresAt: null, secret });
    this.recordChange(place, environment, {
      id: issued.id,
      action: 'api-key.issued',
      after: responseOf(ApiKeyResponse, issued),
    });
  }

  /** Whether the environment has, or had, a key of that name. */
  hasNamed({ appKey, environment }: KeyPlace, name: string): Promise<boolean> {
    return this.apiKeys.hasNamed(appKey, environment, name);
  }

  /**
   * Takes over keys another registry has as bcrypt hashes: whoever has one goes on using it. One that is here already
   * is only ever taken further away: inactive, an earlier expiry, a later use. A key that was revoked here stays so.
   */
  async import(
    place: KeyPlace,
    keys: readonly ImportedApiKey[],
  ): Promise<Record<'added' | 'updated' | 'unchanged', number>> {
    const counts = { added: 0, updated: 0, unchanged: 0 };
    if (keys.length === 0) return counts;
    const environment = await this.environmentOf(place);
    const known = new Map(
      (await this.apiKeys.lockHashesOf(environment.id)).map((key) => [key.hashedKey, key]),
    );
    const uses = new Map<string, Date>();
    for (const key of keys) {
      const old = known.get(key.hashedKey);
      if (old === undefined) {
        known.set(key.hashedKey, await this.insertImported(place, environment, key));
        counts.added += 1;
        continue;
      }
      const isUsedLater = (key.lastUsedAt?.getTime() ?? 0) > (old.lastUsedAt?.getTime() ?? 0);
      if (key.lastUsedAt !== null && isUsedLater) uses.set(old.id, key.lastUsedAt);
      const changed = changedFields<ApiKeyEntity>(old, restrictions(old, key));
      if (changed !== undefined) {
        await this.apiKeys.update(old.id, changed.after);
        this.recordChange(place, environment, { id: old.id, action: 'api-key.imported', ...changed });
      }
      counts[changed !== undefined || isUsedLater ? 'updated' : 'unchanged'] += 1;
    }
    if (uses.size > 0) await this.apiKeys.recordUse(uses);
    return counts;
  }

  private async insertImported(
    { appKey, environment: name }: KeyPlace,
    environment: EnvironmentResponse,
    { origin, ...key }: ImportedApiKey,
  ): Promise<ApiKeyEntity> {
    const wanted = origin?.id;
    const id = wanted === undefined || (await this.apiKeys.isIdTaken(wanted)) ? newId() : wanted;
    const row: ApiKeyEntity = {
      ...key,
      id,
      selector: null,
      environmentId: environment.id,
      createdAt: origin?.createdAt ?? this.clock.now(),
    };
    await this.apiKeys.insert(row, () => new EnvironmentNotFound(appKey, name));
    this.recordChange({ appKey, environment: name }, environment, {
      id,
      action: 'api-key.imported',
      after: responseOf(ApiKeyResponse, row),
    });
    return row;
  }

  /** A new key with the old one's name and, unless the request says otherwise, its expiry. */
  async rotate(place: KeyPlace, id: string, request: RotateApiKeyRequest): Promise<IssuedApiKeyResponse> {
    const expiresAt = expiry(request, this.clock.now());
    const secret = await this.newSecret();
    const environment = await this.environmentOf(place);
    // Environment first, then key: the order in which a deletion locks them too.
    await this.environments.lock(environment.id);
    const old = await this.findAndLock(environment.id, id);
    if (!isUsable(old, this.clock.now())) throw new ApiKeyNotUsable(id);
    const issued = await this.insert(place, environment, {
      name: old.name,
      expiresAt: expiresAt ?? old.expiresAt,
      secret,
    });
    const replaced = endOfGrace(old, request.gracePeriodSeconds ?? 0, this.clock.now());
    await this.apiKeys.update(id, replaced);
    this.recordChange(place, environment, {
      id,
      before: responseOf(ApiKeyResponse, old),
      after: {
        old: responseOf(ApiKeyResponse, { ...old, ...replaced }),
        new: responseOf(ApiKeyResponse, issued),
      },
    });
    return responseOf(IssuedApiKeyResponse, issued, { apiKey: secret.key });
  }

  /** Revoking a key that is revoked already changes nothing. */
  async revoke(place: KeyPlace, id: string): Promise<void> {
    const environment = await this.environmentOf(place);
    const key = await this.findAndLock(environment.id, id);
    if (!key.isActive) return;
    const revoked = { isActive: false, revokedAt: this.clock.now() };
    await this.apiKeys.update(id, revoked);
    this.recordChange(place, environment, {
      id,
      before: responseOf(ApiKeyResponse, key),
      after: responseOf(ApiKeyResponse, { ...key, ...revoked }),
    });
  }

  /** Hashed before the transaction begins: hashing takes long, and no connection is to wait for it. */
  private async newSecret(): Promise<HashedKey> {
    const { key, selector } = newKeyMaterial(this.config.secrets.secretKeys);
    return { key, selector, hashedKey: await this.bcrypt.hash(key, this.config.bcryptCost) };
  }

  private async insert(
    { appKey }: KeyPlace,
    environment: EnvironmentResponse,
    { name, expiresAt, secret }: { name: string; expiresAt: Date | null; secret: HashedKey },
  ): Promise<ApiKeyEntity> {
    const row: ApiKeyEntity = {
      id: newId(),
      name,
      selector: secret.selector,
      hashedKey: secret.hashedKey,
      isActive: true,
      expiresAt,
      lastUsedAt: null,
      revokedAt: null,
      environmentId: environment.id,
      createdAt: this.clock.now(),
    };
    await this.apiKeys.insert(row, () => new EnvironmentNotFound(appKey, environment.name));
    return row;
  }

  private environmentOf({ appKey, environment }: KeyPlace): Promise<EnvironmentResponse> {
    return this.environments.get(appKey, environment);
  }

  private async findAndLock(environmentId: string, id: string): Promise<ApiKeyEntity> {
    const key = await this.apiKeys.findAndLock(environmentId, id);
    if (key === null) throw new ApiKeyNotFound(id);
    return key;
  }

  private recordChange(
    { appKey }: KeyPlace,
    { id: environmentId, name: environment, applicationId }: EnvironmentResponse,
    { id, ...values }: { id: string; action?: AuditAction; before?: unknown; after?: unknown },
  ): void {
    this.changes.record({
      resourceType: 'api-key',
      resourceId: id,
      applicationId,
      appKey,
      environmentId,
      environment,
      ...values,
    });
  }
}

/** What speaks against a key in another registry and not here yet. */
function restrictions(old: ApiKeyEntity, key: ImportedApiKey): Partial<ApiKeyEntity> {
  const isEarlier =
    key.expiresAt !== null && (old.expiresAt === null || key.expiresAt.getTime() < old.expiresAt.getTime());
  return {
    ...(old.isActive && !key.isActive && { isActive: false, revokedAt: key.revokedAt }),
    ...(isEarlier && { expiresAt: key.expiresAt }),
  };
}

/** `undefined` when the request says nothing of it. */
function expiry({ expiresAt, expiresInDays }: ExpiryRequest, now: Date): Date | undefined {
  if (expiresAt != null && expiresInDays != null) {
    throw new InvalidInput([
      { pointer: '#/expiresInDays', detail: 'must not be given together with expiresAt' },
    ]);
  }
  if (expiresInDays != null) return new Date(now.getTime() + expiresInDays * DAY_MS);
  if (expiresAt != null && expiresAt <= now) {
    throw new InvalidInput([{ pointer: '#/expiresAt', detail: 'must lie in the future' }]);
  }
  return expiresAt ?? undefined;
}

function isUsable({ isActive, expiresAt }: ApiKeyEntity, now: Date): boolean {
  return isActive && (expiresAt === null || expiresAt > now);
}

/** What becomes of a replaced key: revoked at once, or expiring when the grace period ends. */
function endOfGrace(
  { expiresAt }: ApiKeyEntity,
  gracePeriodSeconds: number,
  now: Date,
): Partial<ApiKeyEntity> {
  if (gracePeriodSeconds === 0) return { isActive: false, revokedAt: now };
  const end = now.getTime() + gracePeriodSeconds * 1000;
  return { expiresAt: new Date(expiresAt === null ? end : Math.min(end, expiresAt.getTime())) };
}
