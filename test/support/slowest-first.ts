import { sep } from 'node:path';
import sequencer from '@jest/test-sequencer';

/** The package's types are those of its CommonJS form. */
const Sequencer = sequencer as unknown as typeof sequencer.default;
type Test = Parameters<InstanceType<typeof Sequencer>['sort']>[0][number];

/** Folders whose files take longest, in this order: a long file that begins last would run alone in the end. */
const SLOWEST = ['process', 'imports', 'cli', 'database', 'health', 'dev', 'properties', 'browser'];

/** Begins with the files that take longest. */
export default class SlowestFirst extends Sequencer {
  override async sort(tests: Test[]): Promise<Test[]> {
    return [...(await super.sort(tests))].sort((one, other) => rank(one) - rank(other));
  }
}

function rank({ path }: Test): number {
  const folders = path.split(sep);
  const index = SLOWEST.indexOf(folders.at(-2) ?? '');
  return index === -1 ? SLOWEST.length : index;
}
