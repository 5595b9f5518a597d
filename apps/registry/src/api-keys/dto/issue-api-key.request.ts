import { ExpiryRequest, RotationRequest } from '#libs/key-lifetime/expiry.js';
import { TextField } from '#libs/validation/fields.js';

export class IssueApiKeyRequest extends ExpiryRequest {
  @TextField({ description: 'What the key is used for.', example: 'orders deployment', maxLength: 255 })
  readonly name!: string;
}

export class RotateApiKeyRequest extends RotationRequest {}
