import { Injectable } from '@nestjs/common';
import { ChangeRecorder } from '#libs/audit-trail/change-recorder.js';
import { changedFields } from '#libs/audit-trail/changed-fields.js';
import { AppConfig } from '#libs/config/app-config.js';
import { DatabaseClock } from '#libs/database/database-clock.js';
import { newId } from '#libs/database/new-id.js';
import { EnvironmentNotFound } from '#libs/domain/not-found.errors.js';
import { expiryByDefault } from '#libs/key-lifetime/lifetime-limit.js';
import { toResponse } from '#libs/responses/response-field.decorator.js';
import type { EnvironmentResponse } from '../environments/dto/environment.response.js';
import { EnvironmentsService } from '../environments/environments.service.js';
import type { ApiKeyEntity } from './api-key.entity.js';
import { ApiKeyIssuer, type KeyPlace, type NewApiKey } from './api-key.issuer.js';
import { apiKeyChange } from './api-key-change.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import { ApiKeyResponse } from './dto/api-key.response.js';
import type { ImportedApiKey } from './dto/imported-api-key.js';

/** Writes API keys for environments of other registries. */
@Injectable()
export class ApiKeysImporter {
  constructor(
    private readonly apiKeys: ApiKeysRepository,
    private readonly issuer: ApiKeyIssuer,
    private readonly environments: EnvironmentsService,
    private readonly changes: ChangeRecorder,
    private readonly clock: DatabaseClock,
    private readonly config: AppConfig,
  ) {}

  /** A key for {@link issue}. To be called before a transaction: no connection must wait for bcrypt. */
  newKey(): Promise<NewApiKey> {
    return this.issuer.newSecret();
  }

  /** Stores a new key that is accepted for as long as API_KEY_MAX_DAYS lets any be. */
  async issue(place: KeyPlace, name: string, secret: NewApiKey): Promise<void> {
    const { environment } = await this.environments.get(place.appKey, place.environment);
    const expiresAt = expiryByDefault(null, this.config.keyLimits.apiKeys, this.clock.now());
    const issued = await this.issuer.insert(place, environment, { name, expiresAt, secret });
    const after = toResponse(ApiKeyResponse, issued);
    this.changes.record(apiKeyChange(place, environment, issued.id, { action: 'api-key.issued', after }));
  }

  /** Whether the environment has, or had, a key of that name. */
  hasNamed({ appKey, environment }: KeyPlace, name: string): Promise<boolean> {
    return this.apiKeys.hasNamed(appKey, environment, name);
  }

  /**
   * Stores keys that another registry has as bcrypt hashes, so that their owners keep using them. A key that is stored
   * already only becomes more restricted: inactive, an earlier expiry, a later use. A revoked key stays revoked.
   */
  async import(
    place: KeyPlace,
    keys: readonly ImportedApiKey[],
  ): Promise<Record<'added' | 'updated' | 'unchanged', number>> {
    const counts = { added: 0, updated: 0, unchanged: 0 };
    if (keys.length === 0) return counts;
    const { environment } = await this.environments.get(place.appKey, place.environment);
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
        const values = { action: 'api-key.imported', ...changed } as const;
        this.changes.record(apiKeyChange(place, environment, old.id, values));
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
    const after = toResponse(ApiKeyResponse, row);
    const place = { appKey, environment: name };
    this.changes.record(apiKeyChange(place, environment, id, { action: 'api-key.imported', after }));
    return row;
  }
}

/** Restrictions of the source key that the stored key does not have yet. */
function restrictions(old: ApiKeyEntity, key: ImportedApiKey): Partial<ApiKeyEntity> {
  const isEarlier =
    key.expiresAt !== null && (old.expiresAt === null || key.expiresAt.getTime() < old.expiresAt.getTime());
  return {
    ...(old.isActive && !key.isActive && { isActive: false, revokedAt: key.revokedAt }),
    ...(isEarlier && { expiresAt: key.expiresAt }),
  };
}
