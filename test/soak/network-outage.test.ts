import { networkOutage } from '../health/network-outage-cases.js';

networkOutage('long');
