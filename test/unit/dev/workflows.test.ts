import { access, constants, readdir, readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { beforeAll, describe, expect, it } from '../../support/jest.js';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly container?: string;
  readonly 'timeout-minutes'?: number;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: { readonly node: readonly number[] } };
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly concurrency: object;
  readonly jobs: Readonly<Record<string, Job>>;
}

const REPOSITORY = new URL('../../../../', import.meta.url);
const WORKFLOWS = new URL('.github/workflows/', REPOSITORY);
/** The lines of Node that the engines of package.json name. */
const SUPPORTED_NODES = [20, 22, 24];

const text = (file: string, folder = REPOSITORY): Promise<string> => readFile(new URL(file, folder), 'utf8');

describe('.github', () => {
  let workflows: ReadonlyMap<string, Workflow>;

  beforeAll(async () => {
    const files = (await readdir(WORKFLOWS)).sort();
    workflows = new Map(
      await Promise.all(
        files.map(async (file) => [file, parse(await text(file, WORKFLOWS)) as Workflow] as const),
      ),
    );
  });

  const jobs = (): [string, Job][] =>
    [...workflows].flatMap(([file, workflow]) =>
      Object.entries(workflow.jobs).map(([name, job]): [string, Job] => [`${file} ${name}`, job]),
    );
  const steps = (): Step[] => jobs().flatMap(([, job]) => job.steps);

  it('has the workflows that CONTRIBUTING.md names', () => {
    expect([...workflows.keys()]).toEqual(['ci.yml', 'nightly.yml', 'release.yml']);
  });

  it('gives no job more rights than it needs, and none for ever', () => {
    for (const [file, { permissions, concurrency }] of workflows) {
      expect([file, permissions]).toEqual([file, { contents: 'read' }]);
      expect([file, concurrency]).toEqual([file, expect.anything()]);
    }
    const more = jobs().flatMap(([name, { permissions }]) => (permissions ? [[name, permissions]] : []));
    expect(more).toEqual([['release.yml publish', { contents: 'write' }]]);
    expect(jobs().filter(([, job]) => job['timeout-minutes'] === undefined)).toEqual([]);
  });

  it('leaves no credentials in a checkout, and puts no expression into a shell', () => {
    const checkouts = steps().filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(checkouts.map((step) => step.with)).toEqual(
      checkouts.map(() => ({ 'persist-credentials': false })),
    );
    expect(steps().filter(({ run }) => run?.includes('${{'))).toEqual([]);
  });

  it('names actions by a major version or a digest', () => {
    const used = steps().flatMap(({ uses }) => (uses === undefined ? [] : [uses]));
    expect(used.filter((uses) => !/^[a-z-]+\/[a-z-]+@(v\d+|[0-9a-f]{40})$/.test(uses))).toEqual([]);
  });

  it.each([
    ['ci.yml', '.ci/run'],
    ['nightly.yml', '.ci/nightly'],
  ])('runs, by %s, %s on every supported Node', async (file, script) => {
    const [job] = Object.values(workflows.get(file)?.jobs ?? {});
    expect(job?.strategy?.matrix.node).toEqual(SUPPORTED_NODES);
    expect(job?.steps.map(({ run }) => run)).toContain(script);
    await access(new URL(script, REPOSITORY), constants.X_OK);
  });

  it('builds a release with provenance and SBOM, on a base named by its digest', () => {
    const build = workflows
      .get('release.yml')
      ?.jobs.image?.steps.find(({ uses }) => uses?.startsWith('docker/build-push-action@'));
    expect(build?.with).toMatchObject({
      push: true,
      provenance: 'mode=max',
      sbom: true,
      'build-args': 'NODE_IMAGE=${{ steps.base.outputs.image }}',
    });
  });

  it('has templates of issues that the forge can read', async () => {
    const folder = new URL('.github/ISSUE_TEMPLATE/', REPOSITORY);
    for (const file of (await readdir(folder)).filter((name) => name !== 'config.yml')) {
      const { name, description, body } = parse(await text(file, folder)) as {
        name: string;
        description: string;
        body: readonly { readonly type: string; readonly id?: string }[];
      };
      expect([name, description]).toEqual([expect.any(String), expect.any(String)]);
      const ids = body.flatMap(({ id }) => (id === undefined ? [] : [id]));
      expect(new Set(ids).size).toBe(ids.length);
    }
  });
});

describe('the Node of developers', () => {
  it('is the newest supported one, in .nvmrc and in the devcontainer', async () => {
    expect(await text('.nvmrc')).toBe('24\n');
    expect(await text('.devcontainer/Dockerfile')).toMatch(/^FROM node:24-bookworm$/m);
    const { build } = JSON.parse(await text('.devcontainer/devcontainer.json')) as {
      build: { dockerfile: string };
    };
    expect(build.dockerfile).toBe('Dockerfile');
  });
});
