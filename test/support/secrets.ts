export const ADMIN_KEY = 'admin-key-of-the-tests-0123456789';
export const AS_ADMIN = { 'X-Admin-Key': ADMIN_KEY };

/** Secrets as settings; given, the service makes no files for them. */
export const GIVEN_SECRETS = {
  SECRET_KEY: 'secret-key-of-the-tests-0123456789',
  REGISTRY_ADMIN_KEY: ADMIN_KEY,
};
