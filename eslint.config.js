import js from '@eslint/js';
import markdown from '@eslint/markdown';
import simpleImportSort from 'eslint-plugin-simple-import-sort';
import tseslint from 'typescript-eslint';
import plainWords from './eslint-rules/plain-words.js';

const PERIODIC_TIMER = {
  name: 'setInterval',
  message: 'Use a PeriodicJob in a *-jobs.module.ts: imports open services without jobs.',
};
const HTTP_CLIENT = { name: 'fetch', message: 'Ask through EgressClient of libs/egress.' };

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.data/', 'apps/console/src/api/schema.ts'] },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [
      js.configs.recommended,
      ...tseslint.configs.strictTypeChecked,
      ...tseslint.configs.stylisticTypeChecked,
    ],
    languageOptions: { parserOptions: { project: './tsconfig.json' } },
    plugins: { 'simple-import-sort': simpleImportSort },
    rules: {
      // One block: Node's own, packages, #subpaths, relative ones.
      'simple-import-sort/imports': ['error', { groups: [['^\\u0000', '^node:', '^@?\\w', '^#', '^\\.']] }],
      // Nest modules are classes without members.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      // Numbers and booleans in messages are fine.
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        {
          object: 'URL',
          property: 'canParse',
          message:
            'Use parsedUrl of libs/validation/parsed-url.ts: optimised code of Node 20 and 22 answers false for hosts beyond ASCII.',
        },
        {
          object: 'request',
          property: 'ip',
          message: 'It is whatever text a proxy passes on: use clientAddress of libs/access.',
        },
      ],
      'no-restricted-globals': ['error', PERIODIC_TIMER],
      // Entities and DTOs are classes only for their decorators: plain objects of the same shape are as good.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_', argsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['apps/console/**/*.{ts,tsx}'],
    languageOptions: { parserOptions: { project: './apps/console/tsconfig.json' } },
    rules: {
      // Components are functions whose results say what they are.
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      'no-restricted-globals': 'off',
      'no-restricted-syntax': [
        'error',
        {
          selector: 'JSXAttribute[name.name=/^(dangerouslySetInnerHTML|onChange)$/]',
          message:
            'The content security policy refuses HTML as text; onInput is the event of every keystroke.',
        },
      ],
      'no-restricted-imports': ['error', { patterns: ['preact/compat*', 'react', 'react-dom'] }],
    },
  },
  {
    // Every outbound HTTP request passes the egress policy; dependency-cruiser keeps node:https out.
    files: ['apps/registry/**/*.ts', 'libs/**/*.ts'],
    ignores: ['libs/egress/**'],
    rules: {
      'no-restricted-globals': ['error', PERIODIC_TIMER, HTTP_CLIENT],
      'no-restricted-imports': [
        'error',
        {
          name: 'node:http',
          importNames: ['request', 'get', 'Agent', 'ClientRequest', 'default'],
          message: HTTP_CLIENT.message,
        },
      ],
    },
  },
  { files: ['libs/scheduling/*.ts'], rules: { 'no-restricted-globals': ['error', HTTP_CLIENT] } },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts', 'examples/**/*.ts'],
    rules: { 'no-restricted-globals': 'off' },
  },
  {
    files: ['**/*.{ts,tsx}'],
    plugins: { language: { rules: { 'plain-words': plainWords } } },
    rules: { 'language/plain-words': 'error' },
  },
  {
    files: ['**/*.md'],
    language: 'markdown/commonmark',
    plugins: { markdown, language: { rules: { 'plain-words': plainWords } } },
    rules: { 'language/plain-words': 'error' },
  },
);
