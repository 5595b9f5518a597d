import { tls } from './tls-cases.js';

tls('short');
