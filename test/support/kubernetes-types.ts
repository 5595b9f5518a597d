import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** Read as if it stood in the repository, where the packages are. */
const FILE = fileURLToPath(new URL('../../../manifests.ts', import.meta.url));

const OPTIONS: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  types: [],
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
};

/** Where each kind of object is described, in the package made of Kubernetes' own OpenAPI document. */
const MODULES: Readonly<Record<string, string>> = {
  v1: 'core/v1',
  'apps/v1': 'apps/v1',
  'policy/v1': 'policy/v1',
  'networking.k8s.io/v1': 'networking/v1',
};

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
}

/** What is wrong with objects by Kubernetes' types: properties that are unknown, missing, or of another type. */
export function kubernetesFaults(objects: readonly KubernetesObject[]): string[] {
  const source = objects
    .map((object, index) => {
      const module = `kubernetes-types/${MODULES[object.apiVersion] ?? object.apiVersion}`;
      return `const object${index}: import('${module}').${object.kind} = ${JSON.stringify(object)};`;
    })
    .join('\n');
  const host = ts.createCompilerHost(OPTIONS);
  const readSource = host.getSourceFile.bind(host);
  host.getSourceFile = (name, version, ...rest) =>
    name === FILE ? ts.createSourceFile(FILE, source, version) : readSource(name, version, ...rest);
  return ts
    .getPreEmitDiagnostics(ts.createProgram([FILE], OPTIONS, host))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
