/** Words for how an application authenticates its callers that clients of the registry compare with. Others are kept too. */
export const AUTHENTICATION_METHODS = [
  'api_key',
  'bearer_token',
  'basic_auth',
  'oauth2',
  'jwt',
  'azure_subscription',
  'azure_apim',
  'aws_iam',
  'gcp_service_account',
  'signature_auth',
  'custom',
] as const;
