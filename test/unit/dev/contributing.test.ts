import { access, readFile } from 'node:fs/promises';
import { describe, expect, it } from '../../support/jest.js';
import { section } from '../../support/walkthrough.js';

interface Package {
  readonly version: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const REPOSITORY = new URL('../../../../', import.meta.url);
/** Scripts that npm runs, or other scripts. */
const NOT_TYPED_BY_HAND = ['prepare', 'prepack'];

const text = (file: string): Promise<string> => readFile(new URL(file, REPOSITORY), 'utf8');
const json = async <Content>(file: string): Promise<Content> => JSON.parse(await text(file)) as Content;

describe('CONTRIBUTING.md', () => {
  it('lists exactly the scripts there are', async () => {
    const { scripts } = await json<Package>('package.json');
    const listed = [...(await text('CONTRIBUTING.md')).matchAll(/^\| `npm (?:run )?([a-z:]+)/gm)];
    expect(listed.map(([, name]) => name).sort()).toEqual(
      Object.keys(scripts)
        .filter((name) => !NOT_TYPED_BY_HAND.includes(name) && name !== 'test')
        .sort(),
    );
  });

  it('names files that exist', async () => {
    const named = [
      ...section(await text('CONTRIBUTING.md'), 'How to …').matchAll(/`([a-z-]+\/[^`\s]+\.\w+)`/g),
    ]
      .map(([, path = '']) => path)
      .filter((path) => !/[*A-Z]/.test(path));
    const missing: string[] = [];
    for (const path of named) {
      const places = ['', 'apps/registry/src/', 'apps/cli/src/'].map(
        (folder) => new URL(folder + path, REPOSITORY),
      );
      const found = await Promise.all(
        places.map((place) =>
          access(place).then(
            () => true,
            () => false,
          ),
        ),
      );
      if (!found.includes(true)) missing.push(path);
    }
    expect(missing).toEqual([]);
    expect(named.length).toBeGreaterThan(15);
  });
});

describe('SECURITY.md', () => {
  it('supports the minor release that package.json names', async () => {
    const { version } = await json<Package>('package.json');
    expect(await text('SECURITY.md')).toContain(
      `the newest minor release (${version.split('.', 2).join('.')})`,
    );
  });
});

describe('links', () => {
  it.each(['SECURITY.md', 'CONTRIBUTING.md'])('of %s lead to files and headings that exist', async (file) => {
    const links = [...(await text(file)).matchAll(/\]\((?!https?:)([^)#]+)(?:#([^)]+))?\)/g)];
    for (const [, path = '', anchor] of links) {
      const headings = [...(await text(path)).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
        heading
          .toLowerCase()
          .replaceAll(/[^\w -]/g, '')
          .replaceAll(' ', '-'),
      );
      if (anchor !== undefined) expect([path, headings]).toEqual([path, expect.arrayContaining([anchor])]);
    }
    expect(links.length).toBeGreaterThan(0);
  });
});

describe('renovate.json', () => {
  it('holds packages at what package.json has', async () => {
    const { dependencies, devDependencies } = await json<Package>('package.json');
    const { packageRules } = await json<{
      packageRules: readonly { matchPackageNames?: readonly string[]; allowedVersions?: string }[];
    }>('renovate.json');
    const installed = { ...dependencies, ...devDependencies };
    const rules = packageRules.filter(({ allowedVersions }) => allowedVersions !== undefined);
    for (const { matchPackageNames = [], allowedVersions = '' } of rules) {
      const [major = 0, minor = 0] = allowedVersions.replace('<', '').split('.').map(Number);
      for (const name of matchPackageNames) {
        const [, has = '', hasMinor = ''] = /(\d+)(?:\.(\d+))?/.exec(installed[name] ?? '') ?? [];
        const isBelow = Number(has) < major || (Number(has) === major && Number(hasMinor) < minor);
        expect([name, allowedVersions, isBelow]).toEqual([name, allowedVersions, true]);
      }
    }
    expect(rules.length).toBeGreaterThan(5);
  });
});
