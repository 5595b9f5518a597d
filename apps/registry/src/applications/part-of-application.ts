import { OutsideBindings } from '#libs/access/access.errors.js';
import type { OperatorCaller } from '#libs/access/caller.js';

/** What concerns the whole application is not for those who are bound to some of its environments. @throws OutsideBindings */
export function refusePartOfApplication(caller: OperatorCaller): void {
  if (caller.bindings.environments !== null) throw new OutsideBindings(caller);
}
