import plainWords from './plain-words.js';

/** The rules about words, as a plugin for oxlint (code) and ESLint (Markdown). */
export default { meta: { name: 'language' }, rules: { 'plain-words': plainWords } };
