import { appending, keepers, longHistory } from './health-history-cases.js';

longHistory('the history of four months', 120);
keepers();
appending();
