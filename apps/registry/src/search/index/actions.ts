import { editDistance } from '#libs/text-search/edit-distance.js';

/** Shorter words are like too many others. */
const MIN_TYPO_LENGTH = 4;

/** What an endpoint does, in bits: one may do several. */
export const Action = { list: 1, get: 2, create: 4, update: 8, delete: 16 } as const;

/** Verbs by which APIs and their users name the five actions. */
const VERBS: Readonly<Record<keyof typeof Action, string>> = {
  list: 'list enumerate browse index all search find query filter lookup which',
  get: 'get retrieve fetch read show view describe display see check lookup find look download inspect return',
  create: 'create add new insert post make register upload submit generate issue provision append',
  update: 'update edit change modify patch put set adjust rename replace save configure mark alter upsert',
  delete: 'delete remove destroy drop erase purge clear unset discard',
};

/** Verbs of everything else that changes something: APIs offer them as POST, PUT or PATCH, rarely as GET. */
const OTHER_CHANGES =
  'accept acknowledge activate allow apply approve archive assign attach authorize ban block book cancel capture charge ' +
  'clone close complete confirm connect convert copy deactivate decline deploy detach disable disconnect dismiss dispatch ' +
  'enable execute finish follow forward give grant invite join kick launch leave link lock log mail merge move mute notify open ' +
  'pause pay pin process promote publish push reboot reject rerun reset resize restart restore resume retry revert revoke ' +
  'rotate run schedule send share sign start stop subscribe suspend switch sync take transfer trigger turn unassign unblock ' +
  'undo unlink unlock unpin unsubscribe verify void write';

const ACTIONS_OF_VERBS = new Map<string, number>();
for (const [action, verbs] of Object.entries(VERBS) as [keyof typeof Action, string][]) {
  for (const verb of verbs.split(' ')) {
    ACTIONS_OF_VERBS.set(verb, (ACTIONS_OF_VERBS.get(verb) ?? 0) | Action[action]);
  }
}

for (const verb of OTHER_CHANGES.split(' ')) {
  ACTIONS_OF_VERBS.set(verb, Action.create | Action.update);
}

/** The actions that a verb names, as bits; 0 for other words. @param word not stemmed */
export function actionsOfVerb(word: string): number {
  return ACTIONS_OF_VERBS.get(word) ?? ACTIONS_OF_VERBS.get(baseForm(word)) ?? 0;
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

/** `creates`, `created` and `creating` are `create`. */
function baseForm(word: string): string {
  for (const [ending, replacement] of [
    ['ies', 'y'],
    ['es', 'e'],
    ['s', ''],
    ['ed', 'e'],
    ['ed', ''],
    ['ing', 'e'],
    ['ing', ''],
  ] as const) {
    if (!word.endsWith(ending)) continue;
    const base = word.slice(0, -ending.length) + replacement;
    if (ACTIONS_OF_VERBS.has(base)) return base;
  }
  return word;
}

/** The actions of an endpoint by its method and the shape of its path, as bits. */
export function actionsOfOperation(method: string, path: string): number {
  const endsInVariable = /\}[^/}]*\/?$/.test(path);
  switch (method) {
    case 'GET':
    case 'HEAD':
      return endsInVariable ? Action.get : Action.get | Action.list;
    case 'POST':
      return Action.create;
    case 'PUT':
      return endsInVariable ? Action.update : Action.update | Action.create;
    case 'PATCH':
      return Action.update;
    case 'DELETE':
      return Action.delete;
    default:
      return 0;
  }
}
