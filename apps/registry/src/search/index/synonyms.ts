import { stemOf } from '#libs/text-search/stem.js';

/** Words that APIs use for the same thing: verbs of operations, abbreviations, spellings. No terms of one trade. */
const GROUPS = `
  delete remove destroy erase drop
  delete remove clear purge empty
  cancel abort void
  stop halt shutdown terminate kill
  start launch begin
  run execute trigger
  rerun retry repeat
  restart reboot
  enable activate
  disable deactivate
  send deliver dispatch
  assign grant
  revoke withdraw
  invalidate revoke
  attach link
  detach disconnect unlink
  copy duplicate clone
  upload import
  download export
  confirm verify validate check
  approve accept
  reject decline deny
  subscribe follow
  unsubscribe unfollow
  restore recover rollback revert
  reset regenerate rotate
  renew refresh extend
  count number total amount
  batch bulk multiple
  mail email
  webhook hook
  repository repo
  organization org organisation
  configuration config settings preferences
  authentication auth login signin
  logout signout
  application app
  document doc
  information info details
  image picture photo
  directory folder
  statistic stats metric
  message msg
  parameter param
  environment env
  administrator admin
  identifier id
  phone telephone
  password passwd
  database db
  task todo
`
  .trim()
  .split('\n')
  .map((line) => line.trim().split(/\s+/).map(stemOf));

/** Abbreviations of several words. */
const ABBREVIATIONS: Readonly<Record<string, readonly string[]>> = {
  pr: ['pull', 'request'],
  mr: ['merge', 'request'],
  vm: ['virtual', 'machine'],
  sms: ['text', 'message'],
  mfa: ['multi', 'factor'],
  sso: ['single', 'sign'],
};

const SYNONYMS = new Map<string, Set<string>>();
for (const group of GROUPS) {
  for (const stem of group) {
    const others = SYNONYMS.get(stem) ?? new Set<string>();
    for (const other of group) if (other !== stem) others.add(other);
    SYNONYMS.set(stem, others);
  }
}

/** Stems that mean about the same. */
export function synonymsOf(stem: string): Iterable<string> {
  return SYNONYMS.get(stem) ?? [];
}

/** The words that an abbreviation stands for. */
export function spelledOut(word: string): readonly string[] {
  return Object.hasOwn(ABBREVIATIONS, word) ? (ABBREVIATIONS[word] ?? []) : [];
}
