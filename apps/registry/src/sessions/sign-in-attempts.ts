import { Injectable } from '@nestjs/common';
import { RequestWindows } from '#libs/http/request-windows.js';
import { TooManySignIns } from './session.errors.js';

const WINDOW_SECONDS = 60;
const MAX_OF_NETWORK = 10;
const MAX_OF_PROCESS = 120;

/** Bounds attempts to sign in. There is no lock-out: keys of 256 bits need none, and it would lock operators out. */
@Injectable()
export class SignInAttempts {
  private readonly ofNetworks = new RequestWindows(WINDOW_SECONDS);
  private readonly ofProcess = new RequestWindows(WINDOW_SECONDS);

  /** @throws TooManySignIns */
  count(network: string): void {
    const own = this.ofNetworks.count(network);
    if (own.requests > MAX_OF_NETWORK) throw new TooManySignIns(own.secondsLeft);
    // A network beyond its own bound takes nothing of the others.
    const all = this.ofProcess.count('all');
    if (all.requests > MAX_OF_PROCESS) throw new TooManySignIns(all.secondsLeft);
  }
}
