import { stemOf } from '#libs/text-search/stem.js';

/** Words that APIs use for the same thing: verbs of operations, abbreviations, spellings. No terms of one trade. */
export const GROUPS = `
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
  person people
  parameter param
  environment env
  administrator admin
  identifier id
  phone telephone
  password passwd
`
  .trim()
  .split('\n')
  .map((line) => line.trim().split(/\s+/).map(stemOf));

/** Abbreviations, and the words they stand for. */
const ABBREVIATIONS: Readonly<Record<string, string>> = {
  pr: 'pull request',
  mr: 'merge request',
  vm: 'virtual machine',
  sms: 'text message',
  db: 'database',
  cc: 'credit card',
  todo: 'task',
  faq: 'question',
  dob: 'birth date',
  qty: 'quantity',
  mfa: 'factor authentication',
  sso: 'single sign on',
  acl: 'access control',
};

const SYNONYMS = new Map<string, Set<string>>();
export function rebuild(groups: string[][]): void {
  SYNONYMS.clear();
  for (const group of groups) {
    for (const stem of group) {
      const others = SYNONYMS.get(stem) ?? new Set<string>();
      for (const other of group) if (other !== stem) others.add(other);
      SYNONYMS.set(stem, others);
    }
  }
}
rebuild(GROUPS);

export function synonymsOf(stem: string): Iterable<string> {
  return SYNONYMS.get(stem) ?? [];
}

export function abbreviated(word: string): string | undefined {
  return ABBREVIATIONS[word];
}
