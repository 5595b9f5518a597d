import { flood } from '../process/flood-cases.js';

flood(10_000);
