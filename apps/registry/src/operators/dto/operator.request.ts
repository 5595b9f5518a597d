import {
  OPERATOR_KINDS,
  OPERATOR_ROLES,
  type OperatorKind,
  type OperatorRole,
} from '#libs/domain/operator.js';
import { ExpiryRequest, RotationRequest } from '#libs/key-lifetime/expiry.js';
import { ChoiceField, FlagField, NamesField, TextField } from '#libs/validation/fields.js';

/** Of applications, and of environments. */
const MAX_BINDINGS = 100;

/** An address of mail fits. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._@+-]*$/;

const ApplicationsField = (): PropertyDecorator =>
  NamesField({
    description: 'App keys that the operator is bound to, whether or not they exist yet; all without them.',
    example: ['orders'],
    maxItems: MAX_BINDINGS,
    maxLength: 100,
    presence: 'optional',
  });

const EnvironmentsField = (): PropertyDecorator =>
  NamesField({
    description: 'Names of environments that the operator is bound to; all without them.',
    example: ['development', 'staging'],
    maxItems: MAX_BINDINGS,
    maxLength: 100,
    presence: 'optional',
  });

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

  @ApplicationsField()
  readonly applications?: readonly string[] | null;

  @EnvironmentsField()
  readonly environments?: readonly string[] | null;
}

export class UpdateOperatorRequest {
  @ChoiceField({
    description: 'What the operator may do.',
    example: 'viewer',
    of: OPERATOR_ROLES,
    presence: 'optional-not-null',
  })
  readonly role?: OperatorRole;

  @ApplicationsField()
  readonly applications?: readonly string[] | null;

  @EnvironmentsField()
  readonly environments?: readonly string[] | null;

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
