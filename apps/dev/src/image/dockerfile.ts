/** `COPY`: from the build context or another stage, to a path in this one. */
export interface Copy {
  readonly kind: 'copy';
  /** The source stage; absent: the build context. */
  readonly from: string | undefined;
  readonly owner: string | undefined;
  readonly sources: readonly string[];
  readonly target: string;
}

type Step =
  | Copy
  | { readonly kind: 'run'; readonly command: string }
  | { readonly kind: 'workdir'; readonly path: string };

/** One `FROM` and the instructions after it. */
export interface Stage {
  readonly name: string;
  readonly steps: readonly Step[];
  readonly env: Readonly<Record<string, string>>;
  /** Argument of `USER`. */
  readonly user: string | undefined;
  readonly command: readonly string[];
  readonly healthCheck: readonly string[];
}

/**
 * The stages of a Dockerfile; the last one is the image.
 *
 * @throws Error on unsupported instructions, instead of skipping them silently
 */
export function parseDockerfile(text: string): Stage[] {
  const stages: Stage[] = [];
  for (const [instruction, rest] of instructionsOf(text)) {
    if (instruction === 'FROM') {
      const name = / AS (\S+)$/i.exec(rest)?.[1] ?? 'image';
      stages.push({ name, steps: [], env: {}, user: undefined, command: [], healthCheck: [] });
      continue;
    }
    const stage = stages.pop();
    if (stage === undefined && instruction === 'ARG') continue;
    if (stage === undefined) throw new Error(`${instruction} comes before the first FROM`);
    stages.push({ ...stage, ...partOf(stage, instruction, rest) });
  }
  return stages;
}

function partOf(stage: Stage, instruction: string, rest: string): Partial<Stage> {
  switch (instruction) {
    case 'WORKDIR':
      return { steps: [...stage.steps, { kind: 'workdir', path: rest }] };
    case 'RUN':
      return { steps: [...stage.steps, { kind: 'run', command: rest }] };
    case 'COPY':
      return { steps: [...stage.steps, copyOf(rest)] };
    case 'ENV':
      return {
        env: { ...stage.env, ...settingsIn(rest) },
      };
    case 'USER':
      return { user: rest };
    case 'CMD':
      return { command: JSON.parse(rest) as string[] };
    case 'HEALTHCHECK':
      return { healthCheck: JSON.parse(rest.replace(/^.*? CMD /, '')) as string[] };
    case 'EXPOSE':
      return {};
    default:
      throw new Error(`${instruction} ${rest} is not supported`);
  }
}

function settingsIn(rest: string): Record<string, string> {
  return Object.fromEntries(
    rest.split(/\s+/).map((each) => {
      const [name = '', value = ''] = each.split('=', 2);
      return [name, value];
    }),
  );
}

function copyOf(rest: string): Copy {
  const words = rest.split(/\s+/);
  const flags = words.filter((word) => word.startsWith('--'));
  const paths = words.filter((word) => !word.startsWith('--'));
  const flag = (name: string): string | undefined =>
    flags.find((each) => each.startsWith(`--${name}=`))?.slice(name.length + 3);
  return {
    kind: 'copy',
    from: flag('from'),
    owner: flag('chown'),
    sources: paths.slice(0, -1),
    target: paths.at(-1) ?? '',
  };
}

/** Instructions and their arguments, with continued lines joined. */
function instructionsOf(text: string): [string, string][] {
  const lines = text
    .split('\n')
    .filter((line) => !/^\s*(#|$)/.test(line))
    .join('\n')
    .replace(/\\\n\s*/g, '');
  return lines.split('\n').map((line) => {
    const [, instruction = '', rest = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
    return [instruction.toUpperCase(), rest];
  });
}
