import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const EGRESS = 'Ask through EgressClient of libs/egress.';

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.data/'] },
  {
    files: ['**/*.ts'],
    extends: [
      js.configs.recommended,
      ...tseslint.configs.strictTypeChecked,
      ...tseslint.configs.stylisticTypeChecked,
    ],
    languageOptions: { parserOptions: { project: './tsconfig.json' } },
    rules: {
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
      // Entities and DTOs are classes only for their decorators: plain objects of the same shape are as good.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_', argsIgnorePattern: '^_' }],
    },
  },
  {
    // Every outbound HTTP request passes the egress policy; dependency-cruiser keeps node:https out.
    files: ['apps/registry/**/*.ts', 'libs/**/*.ts'],
    ignores: ['libs/egress/**'],
    rules: {
      'no-restricted-globals': ['error', { name: 'fetch', message: EGRESS }],
      'no-restricted-imports': [
        'error',
        {
          name: 'node:http',
          importNames: ['request', 'get', 'Agent', 'ClientRequest', 'default'],
          message: EGRESS,
        },
      ],
    },
  },
);
