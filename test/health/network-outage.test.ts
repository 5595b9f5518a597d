import { networkOutage } from './network-outage-cases.js';

networkOutage('short');
