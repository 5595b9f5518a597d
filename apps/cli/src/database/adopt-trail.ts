import { WrongUsage } from '../failure.js';
import { agreement } from '../terminal/prompts.js';
import { secretKeysGiven, withDatabase } from './with-database.js';

/**
 * Signs the audit trail as it is, once the operator agrees.
 *
 * @returns the number of entries, undefined when the trail is signed already
 * @throws WrongUsage without SECRET_KEY or agreement; Failure when the database cannot be reached
 */
export async function adopt(yes: boolean): Promise<number | undefined> {
  const secretKeys = secretKeysGiven();
  if (secretKeys === undefined) throw new WrongUsage('SECRET_KEY must be set: the trail is signed with it');
  await agreement('Sign the audit trail as it is?', { yes });
  const { adoptTrail } = await import('#registry/audit/chain/adopt-trail.js');
  return withDatabase((url) => adoptTrail(url, secretKeys));
}
