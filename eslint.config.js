import markdown from '@eslint/markdown';
import language from './lint-rules/language.js';

/** Markdown only: oxlint checks the code, see .oxlintrc.json. */
export default [
  { ignores: ['dist/', 'node_modules/', '.data/'] },
  {
    files: ['**/*.md'],
    language: 'markdown/commonmark',
    plugins: { markdown, language },
    rules: { 'language/plain-words': 'error' },
  },
];
