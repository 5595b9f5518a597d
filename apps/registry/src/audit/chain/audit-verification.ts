import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database/database.js';
import { AuditChainRepository, type SealedEntry, type StoredAnchor } from './audit-chain.repository.js';
import { ChainKeys } from './chain-keys.js';
import { type ChainEnd, EMPTY_CHAIN, linked } from './chain-link.js';

const BATCH_SIZE = 1000;
/** Problems that are named; others are counted. */
const MAX_PROBLEMS = 100;

export interface VerifiedTrail {
  /** Up to which entry the trail is sealed, as its head says. */
  readonly head: ChainEnd;
  /** Sealed entries that are there. */
  readonly entries: number;
  /** Numbers of entries that retention took away. */
  readonly pruned: number;
  /** The head that was given lies within them, so that the chain could not be compared with it. */
  readonly keptHeadIsPruned: boolean;
  /** Entries of the registry that are not sealed yet. */
  readonly unsealed: number;
  readonly numberOfProblems: number;
  /** The first hundred. */
  readonly problems: readonly string[];
}

/** Compares the audit trail with its chain of hashes, and that with its signatures. Only reads. */
@Injectable()
export class AuditVerification {
  constructor(
    private readonly database: Database,
    private readonly chain: AuditChainRepository,
    private readonly keys: ChainKeys,
  ) {}

  /**
   * Verifies one state of the database, in batches of bounded size.
   *
   * @param kept a head that was stored elsewhere: the chain must contain it
   * @param isStopped asked before each batch
   * @returns undefined when it was stopped
   */
  verify(kept: ChainEnd | undefined, isStopped: () => boolean): Promise<VerifiedTrail | undefined> {
    return this.database.transaction(async () => {
      await this.chain.beginSnapshot();
      const problems = new Problems();
      const head = await this.chain.head();
      if (head === undefined) problems.add('The head is gone.');
      else if (
        this.keys.judgeHead(head.signature, head) === 'wrong' &&
        !(head.number === 0 && head.signature === null)
      ) {
        problems.add(`The head, number ${head.number}, is not signed by the registry.`);
      }
      const walk = new ChainWalk(
        await this.genuineAnchors(problems),
        head?.adoptedUntil ?? 0,
        kept,
        problems,
      );
      for (let last = 0; ;) {
        if (isStopped()) return undefined;
        const batch = await this.chain.sealedAfter(last, BATCH_SIZE);
        for (const entry of batch) walk.entry(entry);
        const end = batch.at(-1);
        if (end === undefined || batch.length < BATCH_SIZE) break;
        last = end.number;
      }
      walk.end(head ?? EMPTY_CHAIN);
      const unsealed = await this.outside(problems, isStopped);
      if (unsealed === undefined) return undefined;
      return {
        head: { number: head?.number ?? 0, hash: head?.hash ?? EMPTY_CHAIN.hash },
        ...{ entries: walk.entries, pruned: walk.pruned, unsealed },
        keptHeadIsPruned: walk.keptHeadIsPruned,
        ...{ numberOfProblems: problems.count, problems: problems.named },
      };
    });
  }

  private async genuineAnchors(problems: Problems): Promise<StoredAnchor[]> {
    const anchors = await this.chain.anchors();
    return anchors.filter((anchor) => {
      const isGenuine = this.keys.judgeRange(anchor.signature, anchor) !== 'wrong';
      if (!isGenuine) {
        problems.add(
          `The anchor of the numbers ${anchor.firstNumber} to ${anchor.lastNumber} is not signed by the registry.`,
        );
      }
      return isGenuine;
    });
  }

  /** @returns how many entries wait for their seal; undefined when it was stopped */
  private async outside(problems: Problems, isStopped: () => boolean): Promise<number | undefined> {
    let waiting = 0;
    for (let last = ''; ;) {
      if (isStopped()) return undefined;
      const batch = await this.chain.outsideAfter(last, BATCH_SIZE);
      for (const { id, isRefused, mac, digest } of batch) {
        const isGenuine = isRefused === false && digest !== null && this.keys.isMacOf(mac, digest);
        if (isGenuine) waiting += 1;
        else
          problems.add(
            `The entry ${id} was not written by the registry, or was changed before it was sealed.`,
          );
      }
      const end = batch.at(-1);
      if (end === undefined || batch.length < BATCH_SIZE) break;
      last = end.id;
    }
    for (const id of await this.chain.orphans(MAX_PROBLEMS)) {
      problems.add(`The entry ${id} was removed before it was sealed.`);
    }
    return waiting;
  }
}

class Problems {
  readonly named: string[] = [];
  count = 0;

  add(problem: string): void {
    this.count += 1;
    if (this.named.length < MAX_PROBLEMS) this.named.push(problem);
  }
}

/** Follows the chain from its beginning: what is said of an entry, or of a gap, does not hide what comes after it. */
class ChainWalk {
  entries = 0;
  pruned = 0;
  keptHeadIsPruned = false;
  /** Where the walk is; without a hash behind entries that are gone. */
  private at: Partial<ChainEnd> & Pick<ChainEnd, 'number'> = EMPTY_CHAIN;
  private nextAnchor = 0;

  constructor(
    private readonly anchors: readonly StoredAnchor[],
    private readonly adoptedUntil: number,
    private readonly kept: ChainEnd | undefined,
    private readonly problems: Problems,
  ) {}

  entry(entry: SealedEntry): void {
    const { number, id, digest, createdAt, mac, hash } = entry;
    this.passGap(number);
    const before = this.at.hash;
    this.entries += 1;
    if (digest === null || createdAt === null) {
      this.problems.add(`The entry ${id}, number ${number}, was removed.`);
    } else if (
      before !== undefined &&
      linked({ number: number - 1, hash: before }, { digest, createdAt, mac }).hash !== hash
    ) {
      this.problems.add(`The entry ${id}, number ${number}, was changed, moved or inserted.`);
    } else if (mac === null && number > this.adoptedUntil) {
      this.problems.add(`The entry ${id}, number ${number}, was not written by the registry.`);
    }
    this.arrive({ number, hash });
  }

  end(head: ChainEnd): void {
    this.passGap(head.number + 1);
    if (this.at.number > head.number) {
      this.problems.add(`The chain goes on to number ${this.at.number}; the head says ${head.number}.`);
    } else if (this.at.number === head.number && this.at.hash !== head.hash) {
      this.problems.add(`The chain ends at number ${head.number} with another hash than the head says.`);
    }
    for (const { firstNumber, lastNumber } of this.anchors.slice(this.nextAnchor)) {
      this.problems.add(
        `The anchor of the numbers ${firstNumber} to ${lastNumber} stands for nothing that was pruned.`,
      );
    }
    if (this.kept !== undefined && this.kept.number > this.at.number) {
      this.problems.add(
        `The trail was set back: the head that was kept is number ${this.kept.number}, and the chain ends at ${this.at.number}.`,
      );
    }
  }

  /** Goes to right before this number, over what was pruned. */
  private passGap(number: number): void {
    for (;;) {
      const anchor = this.anchors[this.nextAnchor];
      const missing = this.at.number + 1;
      if (anchor !== undefined && anchor.firstNumber < missing) {
        this.problems.add(
          `The anchor of the numbers ${anchor.firstNumber} to ${anchor.lastNumber} stands for entries that are there.`,
        );
        this.nextAnchor += 1;
        continue;
      }
      if (missing >= number) return;
      if (anchor?.firstNumber !== missing || anchor.lastNumber >= number) break;
      if (this.at.hash !== undefined && anchor.priorHash !== this.at.hash) {
        this.problems.add(
          `Number ${this.at.number} has another hash than when the numbers from ${anchor.firstNumber} on were pruned.`,
        );
      }
      this.pruned += anchor.lastNumber - anchor.firstNumber + 1;
      const kept = this.kept?.number ?? 0;
      // The anchor has the hash of the last one only.
      this.keptHeadIsPruned ||= kept >= anchor.firstNumber && kept < anchor.lastNumber;
      this.nextAnchor += 1;
      this.arrive({ number: anchor.lastNumber, hash: anchor.lastHash });
    }
    const missing = this.at.number + 1;
    const gone =
      missing === number - 1 ? `number ${missing} was` : `numbers ${missing} to ${number - 1} were`;
    this.problems.add(`The ${gone} removed.`);
    this.at = { number: number - 1 };
  }

  private arrive(at: ChainEnd): void {
    this.at = at;
    if (this.kept?.number === at.number && this.kept.hash !== at.hash) {
      this.problems.add(`Number ${at.number} has another hash than the head that was kept.`);
    }
  }
}
