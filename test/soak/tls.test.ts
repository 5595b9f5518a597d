import { tls } from '../process/tls-cases.js';

tls('long');
