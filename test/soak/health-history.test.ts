import { longHistory } from '../repositories/health-history-cases.js';

longHistory('the history of more than a year', 405);
