import { EnvironmentNameField } from './environment-fields.js';

export class RenameEnvironmentRequest {
  @EnvironmentNameField()
  readonly name!: string;
}
