import { editDistance } from '#libs/text-search/edit-distance.js';

/** What an endpoint does, in bits: one may do several. `one` is a `get` of a single thing. */
export const Action = { list: 1, get: 2, one: 4, create: 8, update: 16, delete: 32 } as const;

const CHANGE = Action.create | Action.update;
const READ = Action.list | Action.get | Action.one;

/** Verbs by which APIs and their users name what the methods stand for. */
const VERBS: readonly (readonly [actions: number, verbs: string])[] = [
  [Action.list, 'list enumerate browse index all which'],
  [Action.list | Action.get, 'search find query filter lookup'],
  [Action.get, 'get retrieve fetch read show view describe display see check look download inspect return'],
  [Action.create, 'create add new insert post make register upload submit generate issue provision append'],
  [Action.update, 'update edit change modify patch put set adjust rename replace save configure mark alter'],
  [CHANGE, 'upsert'],
  [Action.delete, 'delete remove destroy drop erase purge clear unset discard'],
];

/** Verbs of everything else that changes something: APIs offer it as POST, PUT or PATCH, rarely as GET. */
const OTHER_CHANGES =
  'accept acknowledge activate allow apply approve archive assign attach authorize ban block book capture charge clone ' +
  'close complete confirm connect convert copy deactivate decline deploy disable dismiss dispatch enable execute finish ' +
  'follow forward give grant invite join kick launch leave link lock log mail merge move mute notify open pause pay pin ' +
  'process promote publish push reboot reject rerun reset resize restart restore resume retry revert rotate run schedule ' +
  'send share sign start subscribe suspend switch sync take transfer trigger turn unblock undo unlock verify write';
/** Some APIs offer their opposites as DELETE. */
const ENDINGS =
  'abort cancel detach disconnect end leave revoke stop terminate unassign unfollow unlink unpin unsubscribe void withdraw';

const ACTIONS_OF_METHOD_VERBS = new Map<string, number>();
for (const [actions, verbs] of VERBS) {
  for (const verb of verbs.split(' ')) ACTIONS_OF_METHOD_VERBS.set(verb, actions);
}
const ACTIONS_OF_VERBS = new Map(ACTIONS_OF_METHOD_VERBS);
for (const verb of OTHER_CHANGES.split(' ')) ACTIONS_OF_VERBS.set(verb, CHANGE);
for (const verb of ENDINGS.split(' ')) ACTIONS_OF_VERBS.set(verb, CHANGE | Action.delete);

/** `creates`, `created` and `creating` are `create`. */
const ENDINGS_OF_VERBS = [
  ['ies', 'y'],
  ['es', 'e'],
  ['s', ''],
  ['ed', 'e'],
  ['ed', ''],
  ['ing', 'e'],
  ['ing', ''],
] as const;

/** Shorter words are like too many others. */
const MIN_TYPO_LENGTH = 4;

/** The actions that a verb asks for, as bits of `Action`; 0 for other words. @param word in lower case, not stemmed */
export function actionsOfVerb(word: string): number {
  return actionsIn(ACTIONS_OF_VERBS, word);
}

/** The actions of verbs that a misspelt word may mean. */
export function actionsOfMisspeltVerb(word: string): number {
  if (word.length < MIN_TYPO_LENGTH) return 0;
  let actions = 0;
  for (const [verb, own] of ACTIONS_OF_VERBS) {
    if (verb.length >= MIN_TYPO_LENGTH && editDistance(word, verb, 1) === 1) actions |= own;
  }
  return actions;
}

/** What is asked for when a single thing is: of the actions of the verb those that change something, or to read one. */
export function actionsForOne(actions: number): number {
  return (actions & ~READ) === 0 ? Action.one : actions;
}

/** What an endpoint does by method and path, and by the verb that its name begins with. */
export function actionsOfOperation(method: string, path: string, verb: string | undefined): number {
  return byMethod(method, /\}[^/}]*\/?$/.test(path)) | actionsIn(ACTIONS_OF_METHOD_VERBS, verb ?? '');
}

function byMethod(method: string, endsInVariable: boolean): number {
  switch (method) {
    case 'GET':
    case 'HEAD':
      return endsInVariable ? Action.get | Action.one : Action.get | Action.list;
    case 'POST':
      return Action.create;
    case 'PUT':
      return endsInVariable ? Action.update : CHANGE;
    case 'PATCH':
      return Action.update;
    case 'DELETE':
      return Action.delete;
    default:
      return 0;
  }
}

function actionsIn(verbs: ReadonlyMap<string, number>, word: string): number {
  const known = verbs.get(word);
  if (known !== undefined) return known;
  for (const [ending, replacement] of ENDINGS_OF_VERBS) {
    if (!word.endsWith(ending)) continue;
    const actions = verbs.get(word.slice(0, -ending.length) + replacement);
    if (actions !== undefined) return actions;
  }
  return 0;
}
