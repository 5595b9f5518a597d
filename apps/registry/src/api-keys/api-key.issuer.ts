import { Injectable } from '@nestjs/common';
import { AppConfig } from '#libs/config/app-config.js';
import { DatabaseClock } from '#libs/database/database-clock.js';
import { newId } from '#libs/database/new-id.js';
import { EnvironmentNotFound } from '#libs/domain/not-found.errors.js';
import type { EnvironmentResponse } from '../environments/dto/environment.response.js';
import type { ApiKeyEntity } from './api-key.entity.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import { BcryptPool } from './bcrypt-pool.js';
import { type KeyMaterial, newKeyMaterial } from './key-material.js';

/** The environment of a key, by the names in the path of a request. */
export interface KeyPlace {
  readonly appKey: string;
  readonly environment: string;
}

/** A key that is not stored yet, and its hash. */
export interface NewApiKey extends KeyMaterial {
  readonly hashedKey: string;
}

/** Makes API keys and stores them. */
@Injectable()
export class ApiKeyIssuer {
  constructor(
    private readonly apiKeys: ApiKeysRepository,
    private readonly bcrypt: BcryptPool,
    private readonly clock: DatabaseClock,
    private readonly config: AppConfig,
  ) {}

  /** A new key and its hash. To be called before a transaction: no connection must wait for bcrypt. */
  async newSecret(): Promise<NewApiKey> {
    const { key, selector } = newKeyMaterial(this.config.secrets.secretKeys);
    return { key, selector, hashedKey: await this.bcrypt.hash(key, this.config.bcryptCost) };
  }

  /** @throws EnvironmentNotFound when the environment was deleted in the meantime */
  async insert(
    { appKey }: KeyPlace,
    environment: EnvironmentResponse,
    { name, expiresAt, secret }: { name: string; expiresAt: Date | null; secret: NewApiKey },
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
}
