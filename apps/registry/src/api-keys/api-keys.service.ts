import { Injectable } from '@nestjs/common';
import type { Bindings } from '#libs/access/bindings.js';
import { ChangeRecorder } from '#libs/audit-trail/change-recorder.js';
import { AppConfig } from '#libs/config/app-config.js';
import { DatabaseClock } from '#libs/database/database-clock.js';
import { endOfGrace, requestedExpiry } from '#libs/key-lifetime/expiry.js';
import { expiryByDefault } from '#libs/key-lifetime/lifetime-limit.js';
import { type Listing, listing } from '#libs/pagination/listing.js';
import type { PageQuery } from '#libs/pagination/page-query.js';
import { toResponse } from '#libs/responses/response-field.decorator.js';
import type { EnvironmentResponse } from '../environments/dto/environment.response.js';
import { EnvironmentsService } from '../environments/environments.service.js';
import { AllApiKeysRepository } from './all-api-keys.repository.js';
import type { ApiKeyEntity } from './api-key.entity.js';
import { ApiKeyNotFound, ApiKeyNotUsable } from './api-key.errors.js';
import { ApiKeyIssuer, type KeyPlace } from './api-key.issuer.js';
import { apiKeyChange } from './api-key-change.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import type { AllApiKeysQuery } from './dto/all-api-keys.query.js';
import { ApiKeyResponse, IssuedApiKeyResponse } from './dto/api-key.response.js';
import type { IssueApiKeyRequest, RotateApiKeyRequest } from './dto/issue-api-key.request.js';
import { ListedApiKeyResponse } from './dto/listed-api-key.response.js';

@Injectable()
export class ApiKeysService {
  constructor(
    private readonly apiKeys: ApiKeysRepository,
    private readonly allKeys: AllApiKeysRepository,
    private readonly environments: EnvironmentsService,
    private readonly issuer: ApiKeyIssuer,
    private readonly changes: ChangeRecorder,
    private readonly clock: DatabaseClock,
    private readonly config: AppConfig,
  ) {}

  async list(place: KeyPlace, query: PageQuery): Promise<Listing<ApiKeyResponse>> {
    const {
      environment: { id },
    } = await this.locate(place);
    return listing(
      query,
      (after, limit) => this.apiKeys.listOf(id, after, limit),
      (key) => toResponse(ApiKeyResponse, key),
    );
  }

  /** Of all environments that an operator of these bindings sees. */
  listAll(query: AllApiKeysQuery, bindings: Bindings): Promise<Listing<ListedApiKeyResponse>> {
    const { state, application, environment } = query;
    return listing(
      query,
      (after, limit) => this.allKeys.list({ state, application, environment, bindings }, after, limit),
      (key) => toResponse(ListedApiKeyResponse, key),
    );
  }

  async issue(given: KeyPlace, request: IssueApiKeyRequest): Promise<IssuedApiKeyResponse> {
    const now = this.clock.now();
    const limit = this.config.keyLimits.apiKeys;
    const expiresAt = requestedExpiry(request, now, limit) ?? expiryByDefault(null, limit, now);
    const secret = await this.issuer.newSecret();
    const { place, environment } = await this.locate(given);
    const issued = await this.issuer.insert(place, environment, { name: request.name, expiresAt, secret });
    const after = toResponse(ApiKeyResponse, issued);
    this.changes.record(apiKeyChange(place, environment, issued.id, { after }));
    return toResponse(IssuedApiKeyResponse, issued, { apiKey: secret.key });
  }

  /** A new key with the old one's name and, unless the request says otherwise, its expiry, within the limit. */
  async rotate(given: KeyPlace, id: string, request: RotateApiKeyRequest): Promise<IssuedApiKeyResponse> {
    const now = this.clock.now();
    const limit = this.config.keyLimits.apiKeys;
    const requested = requestedExpiry(request, now, limit);
    const secret = await this.issuer.newSecret();
    const { place, environment } = await this.locate(given);
    // Environment first, then key: the order in which a deletion locks them too.
    await this.environments.lock(environment.id);
    const old = await this.findAndLock(environment.id, id);
    if (!isUsable(old, this.clock.now())) throw new ApiKeyNotUsable(id);
    const issued = await this.issuer.insert(place, environment, {
      name: old.name,
      expiresAt: requested ?? expiryByDefault(old.expiresAt, limit, now),
      secret,
    });
    const end = endOfGrace(old, request.gracePeriodSeconds ?? 0, this.clock.now());
    const replaced = { ...end, ...(end.revokedAt != null && { isActive: false }) };
    await this.apiKeys.update(id, replaced);
    this.changes.record(
      apiKeyChange(place, environment, id, {
        before: toResponse(ApiKeyResponse, old),
        after: {
          old: toResponse(ApiKeyResponse, { ...old, ...replaced }),
          new: toResponse(ApiKeyResponse, issued),
        },
      }),
    );
    return toResponse(IssuedApiKeyResponse, issued, { apiKey: secret.key });
  }

  /** Revoking a key that is revoked already changes nothing. */
  async revoke(given: KeyPlace, id: string): Promise<void> {
    const { place, environment } = await this.locate(given);
    const key = await this.findAndLock(environment.id, id);
    if (!key.isActive) return;
    const revoked = { isActive: false, revokedAt: this.clock.now() };
    await this.apiKeys.update(id, revoked);
    this.changes.record(
      apiKeyChange(place, environment, id, {
        before: toResponse(ApiKeyResponse, key),
        after: toResponse(ApiKeyResponse, { ...key, ...revoked }),
      }),
    );
  }

  /** The environment, and its place as it is called now. */
  private async locate(given: KeyPlace): Promise<{ place: KeyPlace; environment: EnvironmentResponse }> {
    const { appKey, environment } = await this.environments.get(given.appKey, given.environment);
    return { place: { appKey, environment: environment.name }, environment };
  }

  private async findAndLock(environmentId: string, id: string): Promise<ApiKeyEntity> {
    const key = await this.apiKeys.findAndLock(environmentId, id);
    if (key === null) throw new ApiKeyNotFound(id);
    return key;
  }
}

function isUsable({ isActive, expiresAt }: ApiKeyEntity, now: Date): boolean {
  return isActive && (expiresAt === null || expiresAt > now);
}
