import { flood } from './flood-cases.js';

flood(4000);
