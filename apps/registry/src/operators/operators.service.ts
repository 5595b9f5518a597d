import { Injectable } from '@nestjs/common';
import { ADMIN_KEY_NAME } from '#libs/access/admin-key.guard.js';
import type { AuditAction } from '#libs/audit-trail/audited.decorator.js';
import { type Change, ChangeRecorder } from '#libs/audit-trail/change-recorder.js';
import { changedFields } from '#libs/audit-trail/changed-fields.js';
import { DatabaseClock } from '#libs/database/database-clock.js';
import { newId } from '#libs/database/new-id.js';
import { editedStateTag } from '#libs/entity-tags/edited-state-tag.js';
import { Preconditions } from '#libs/entity-tags/preconditions.js';
import { TaggedResponse } from '#libs/entity-tags/tagged-response.js';
import { type Listing, listing } from '#libs/pagination/listing.js';
import type { PageQuery } from '#libs/pagination/page-query.js';
import { toResponse } from '#libs/responses/response-field.decorator.js';
import type { CreateOperatorRequest, UpdateOperatorRequest } from './dto/operator.request.js';
import { OperatorKeyResponse, OperatorResponse, OperatorWithKeysResponse } from './dto/operator.response.js';
import type { OperatorEntity } from './operator.entity.js';
import { OperatorNameTaken, OperatorNotFound } from './operator.errors.js';
import type { OperatorKeyEntity } from './operator-key.entity.js';
import { OperatorsRepository } from './operators.repository.js';

/** Operators by name: people, services and agents, and what they may do. */
@Injectable()
export class OperatorsService {
  constructor(
    private readonly operators: OperatorsRepository,
    private readonly changes: ChangeRecorder,
    private readonly preconditions: Preconditions,
    private readonly clock: DatabaseClock,
  ) {}

  /** @throws OperatorNameTaken */
  async create(request: CreateOperatorRequest, createdBy: string): Promise<TaggedResponse<OperatorResponse>> {
    if (request.name === ADMIN_KEY_NAME) throw new OperatorNameTaken(request.name);
    const now = this.clock.now();
    const { name, kind, role, applications = null, environments = null } = request;
    const operator = {
      ...{ id: newId(), name, kind, role, applications, environments, isActive: true },
      ...{ createdBy, createdAt: now, updatedAt: now },
    };
    await this.operators.insert(operator);
    const after = toResponse(OperatorResponse, operator);
    this.changes.record(operatorChange(operator, { after }));
    return tagged(operator, []);
  }

  list(query: PageQuery): Promise<Listing<OperatorResponse>> {
    return listing(
      query,
      (after, limit) => this.operators.listAfter(after, limit),
      (operator) => toResponse(OperatorResponse, operator),
    );
  }

  async get(name: string): Promise<TaggedResponse<OperatorWithKeysResponse>> {
    const operator = await this.operators.find(name);
    if (operator === null) throw new OperatorNotFound(name);
    return TaggedResponse.of(withKeys(operator, await this.operators.keysOf(operator.id)));
  }

  async update(name: string, request: UpdateOperatorRequest): Promise<TaggedResponse<OperatorResponse>> {
    const { role, applications, environments, isActive } = request;
    const operator = await this.findAndLock(name);
    const keys = await this.operators.keysOf(operator.id);
    await this.preconditions.require(() => editedStateTag(withKeys(operator, keys)));
    const changed = changedFields<OperatorEntity>(operator, { role, applications, environments, isActive });
    if (changed === undefined) return tagged(operator, keys);
    const update = { ...changed.after, updatedAt: this.clock.now() };
    await this.operators.update(operator.id, update);
    this.changes.record(operatorChange(operator, changed));
    return tagged({ ...operator, ...update }, keys);
  }

  /** Deletes the operator and all keys of theirs; what they did stays in the audit trail. */
  async delete(name: string): Promise<void> {
    const operator = await this.findAndLock(name);
    const before = withKeys(operator, await this.operators.keysOf(operator.id));
    await this.preconditions.require(() => editedStateTag(before));
    await this.operators.delete(operator.id);
    this.changes.record(operatorChange(operator, { before }));
  }

  /** Part of renaming an application: who is bound to it stays bound to it. */
  async followRename(from: string, to: string): Promise<void> {
    for (const operator of await this.operators.lockBoundTo(from)) {
      const bound = operator.applications?.map((appKey) => (appKey === from ? to : appKey));
      const changed = changedFields<OperatorEntity>(operator, { applications: [...new Set(bound)] });
      if (changed === undefined) continue;
      await this.operators.update(operator.id, { ...changed.after, updatedAt: this.clock.now() });
      this.changes.record(operatorChange(operator, { action: 'operator.updated', ...changed }));
    }
  }

  /** Locks the row until the transaction ends. @throws OperatorNotFound */
  async findAndLock(name: string): Promise<OperatorEntity> {
    const operator = await this.operators.findAndLock(name);
    if (operator === null) throw new OperatorNotFound(name);
    return operator;
  }
}

/** An operator without the keys, under the entity tag of the operator with them. */
function tagged(
  operator: OperatorEntity,
  keys: readonly OperatorKeyEntity[],
): TaggedResponse<OperatorResponse> {
  return new TaggedResponse(toResponse(OperatorResponse, operator), editedStateTag(withKeys(operator, keys)));
}

function withKeys(operator: OperatorEntity, keys: readonly OperatorKeyEntity[]): OperatorWithKeysResponse {
  return toResponse(OperatorWithKeysResponse, operator, {
    keys: keys.map((key) => toResponse(OperatorKeyResponse, key)),
  });
}

function operatorChange(
  { id }: OperatorEntity,
  values: { readonly action?: AuditAction; readonly before?: unknown; readonly after?: unknown },
): Change {
  return { resourceType: 'operator', resourceId: id, applicationId: null, appKey: null, ...values };
}
