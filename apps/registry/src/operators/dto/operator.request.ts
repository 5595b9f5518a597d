import {
  OPERATOR_KINDS,
  OPERATOR_ROLES,
  type OperatorKind,
  type OperatorRole,
} from '#libs/domain/operator.js';
import { ExpiryRequest, RotationRequest } from '#libs/key-lifetime/expiry.js';
import { ChoiceField, FlagField, TextField } from '#libs/validation/fields.js';

/** An address of mail fits. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._@+-]*$/;

export class CreateOperatorRequest {
  @TextField({
    description: 'Unique name, as the audit trail shows it; it cannot be changed.',
    example: 'ann',
    maxLength: 100,
    pattern: NAME,
    message: 'letters, digits and . _ @ + -, of which the first is a letter or digit',
  })
  readonly name!: string;

  @ChoiceField({ description: 'What the operator is.', example: 'person', of: OPERATOR_KINDS })
  readonly kind!: OperatorKind;

  @ChoiceField({
    description:
      'What the operator may do: `agent` discovers, `viewer` reads everything but secrets, `editor` changes, `admin` also deletes and manages operators.',
    example: 'editor',
    of: OPERATOR_ROLES,
  })
  readonly role!: OperatorRole;
}

export class UpdateOperatorRequest {
  @ChoiceField({
    description: 'What the operator may do.',
    example: 'viewer',
    of: OPERATOR_ROLES,
    presence: 'optional-not-null',
  })
  readonly role?: OperatorRole;

  @FlagField({
    description: 'Whether the keys of the operator are accepted.',
    example: true,
    presence: 'optional-not-null',
  })
  readonly isActive?: boolean;
}

export class IssueOperatorKeyRequest extends ExpiryRequest {
  @TextField({ description: 'Where the key is used.', example: 'laptop', maxLength: 255 })
  readonly name!: string;
}

export class RotateOperatorKeyRequest extends RotationRequest {}
