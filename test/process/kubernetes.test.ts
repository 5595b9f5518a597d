import { readdir, readFile } from 'node:fs/promises';
import type { Deployment } from 'kubernetes-types/apps/v1.js';
import type { Container, Namespace, Secret, Service } from 'kubernetes-types/core/v1.js';
import type { NetworkPolicy } from 'kubernetes-types/networking/v1.js';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.js';
import { parse, parseAllDocuments } from 'yaml';
import { loadConfig } from '#libs/config/load-config.js';
import { contains, parseAddress, rangeOf } from '#libs/egress/address.js';
import { EgressPolicy } from '#libs/egress/egress-policy.js';
import { version } from '#registry/version.js';
import { beforeAll, describe, expect, it } from '../support/jest.js';
import { knownSettings } from '../support/known-settings.js';
import { kubernetesFaults, type KubernetesObject } from '../support/kubernetes-types.js';
import { GIVEN_SECRETS } from '../support/secrets.js';

const REPOSITORY = new URL('../../../', import.meta.url);
const MANIFESTS = new URL('deploy/kubernetes/', REPOSITORY);

interface Kustomization extends KubernetesObject {
  readonly namespace: string;
  readonly resources: readonly string[];
  readonly images: readonly { readonly name: string; readonly newName: string; readonly newTag: string }[];
}

/** What is there, by kind. */
interface Manifests {
  readonly Namespace: Namespace;
  readonly Secret: Secret;
  readonly Deployment: Deployment;
  readonly Service: Service;
  readonly PodDisruptionBudget: PodDisruptionBudget;
  readonly NetworkPolicy: NetworkPolicy;
}

describe('deploy/kubernetes', () => {
  let kustomization: Kustomization;
  let objects: Map<string, KubernetesObject>;
  let container: Container;

  beforeAll(async () => {
    kustomization = parse(await text('kustomization.yaml', MANIFESTS)) as Kustomization;
    objects = new Map(
      await Promise.all(
        kustomization.resources.map(async (name) => {
          const documents = parseAllDocuments(await text(name, MANIFESTS));
          expect([name, documents.length]).toEqual([name, 1]);
          const object = documents[0]?.toJS() as KubernetesObject;
          return [object.kind, object] as const;
        }),
      ),
    );
    const [first, ...others] = pod()?.containers ?? [];
    if (first === undefined || others.length > 0) throw new Error('The pod must have one container');
    container = first;
  });

  const object = <Kind extends keyof Manifests>(kind: Kind): Manifests[Kind] =>
    objects.get(kind) as unknown as Manifests[Kind];
  const deployment = (): Deployment => object('Deployment');
  const pod = () => deployment().spec?.template.spec;

  it('holds what Kubernetes knows, and nothing else', () => {
    const wrong = {
      ...deployment(),
      spec: { ...deployment().spec, replica: 2 },
    } as unknown as KubernetesObject;
    expect(kubernetesFaults([...objects.values(), wrong])).toEqual([
      `Object literal may only specify known properties, and '"replica"' does not exist in type 'DeploymentSpec'.`,
    ]);
  });

  it('is all named by the kustomization, which gives it one namespace and the image of this version', async () => {
    const files = (await readdir(MANIFESTS)).filter((name) => name !== 'kustomization.yaml');
    expect([...kustomization.resources].sort()).toEqual(files.sort());
    expect(kustomization).toMatchObject({
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      namespace: object('Namespace').metadata?.name,
      images: [{ name: container.image, newTag: version }],
    });
  });

  it('sets only what the service reads', async () => {
    const known = await knownSettings();
    expect((container.env ?? []).map(({ name }) => name).filter((name) => !known.has(name))).toEqual([]);
  });

  it('takes every secret from the Secret, which holds none yet', async () => {
    const { metadata, stringData = {} } = object('Secret');
    const referred = (container.env ?? []).flatMap(({ name, valueFrom }) =>
      valueFrom === undefined ? [] : [[name, valueFrom.secretKeyRef?.name, valueFrom.secretKeyRef?.key]],
    );
    expect(referred).toEqual(Object.keys(stringData).map((name) => [name, metadata?.name, name]));
    expect(Object.keys(stringData)).toEqual(['DATABASE_URL', 'SECRET_KEY', 'REGISTRY_ADMIN_KEY']);
    for (const [name, value] of Object.entries(stringData)) {
      await expect(loadConfig({ ...GIVEN_SECRETS, [name]: value })).rejects.toThrow(name);
    }
  });

  it('asks for paths that there are, at ports that there are', async () => {
    const { paths } = JSON.parse(await text('openapi.json', REPOSITORY)) as {
      paths: Record<string, Record<string, unknown>>;
    };
    const { startupProbe, livenessProbe, readinessProbe } = container;
    const asked = [startupProbe, livenessProbe, readinessProbe].map((probe) => probe?.httpGet);
    expect(asked).toEqual([
      { path: '/health/live', port: 'http' },
      { path: '/health/live', port: 'http' },
      { path: '/health/ready', port: 'http' },
    ]);
    for (const get of asked) expect(paths[get?.path ?? '']).toHaveProperty('get');
    const { http } = await loadConfig(GIVEN_SECRETS);
    expect(container.ports).toEqual([
      { name: 'http', containerPort: http.port },
      { name: 'metrics', containerPort: 9090 },
    ]);
    expect(object('Service').spec?.ports).toEqual([{ name: 'http', port: 80, targetPort: 'http' }]);
    const set = Object.fromEntries((container.env ?? []).map(({ name, value }) => [name, value]));
    expect(deployment().spec?.template.metadata?.annotations).toMatchObject({
      'prometheus.io/port': set.METRICS_PORT,
    });
  });

  it('means the pods of the deployment wherever it selects', () => {
    const labels = { 'app.kubernetes.io/name': 'mcp-registry' };
    expect(deployment().spec?.template.metadata?.labels).toEqual(labels);
    expect([
      deployment().spec?.selector.matchLabels,
      object('Service').spec?.selector,
      object('PodDisruptionBudget').spec?.selector?.matchLabels,
      object('NetworkPolicy').spec?.podSelector.matchLabels,
      pod()?.topologySpreadConstraints?.[0]?.labelSelector?.matchLabels,
    ]).toEqual(Array(5).fill(labels));
  });

  it('keeps to the restricted profile, as the user of the image, on a read-only file system', async () => {
    const dockerfile = await text('Dockerfile', REPOSITORY);
    const [, user, group] = /^USER (\d+):(\d+)$/m.exec(dockerfile) ?? [];
    expect(pod()).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: Number(user),
        runAsGroup: Number(group),
        seccompProfile: { type: 'RuntimeDefault' },
      },
    });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  it('registers and probes neither the machine itself nor the Kubernetes API', async () => {
    const value = (container.env ?? []).find(({ name }) => name === 'EGRESS_DENY')?.value ?? '';
    const policy = new EgressPolicy((await loadConfig({ ...GIVEN_SECRETS, EGRESS_DENY: value })).egress);
    for (const host of [
      '127.0.0.1',
      '[::1]',
      'localhost',
      'kubernetes',
      'kubernetes.default',
      'KUBERNETES.default.svc',
      'kubernetes.default.svc.cluster.local.',
      '10.96.0.1',
    ]) {
      expect([host, policy.refusalOfUrl(`https://${host}/`)]).toEqual([
        host,
        expect.stringContaining('EGRESS_DENY lists'),
      ]);
    }
    for (const host of ['orders.default.svc.cluster.local', '10.96.0.2', 'kubernetes.example.com']) {
      expect([host, policy.refusalOfUrl(`https://${host}/`)]).toEqual([host, undefined]);
    }
  });

  it('lets out DNS, PostgreSQL and probes, and nothing towards the cluster or cloud metadata', () => {
    const { policyTypes, egress = [] } = object('NetworkPolicy').spec ?? {};
    expect(policyTypes).toEqual(['Ingress', 'Egress']);
    /** Whether a rule lets an address outside the cluster's own pods be reached. */
    const reaches = (text: string, port: number): boolean => {
      const address = parseAddress(text);
      if (address === undefined) throw new Error(`${text} is no address`);
      return egress.some(
        ({ to, ports = [] }) =>
          ports.some(({ port: first, endPort = first, protocol }) => {
            return protocol === 'TCP' && Number(first) <= port && port <= Number(endPort);
          }) &&
          (to === undefined ||
            to.some(
              ({ ipBlock }) =>
                ipBlock !== undefined &&
                contains(rangeOf(ipBlock.cidr), address) &&
                !(ipBlock.except ?? []).some((range) => contains(rangeOf(range), address)),
            )),
      );
    };
    for (const [address, port] of [
      ['10.1.2.3', 5432],
      ['10.1.2.3', 6432],
      ['10.1.2.3', 80],
      ['fd12::1', 8080],
      ['93.184.215.14', 443],
    ] as const) {
      expect([address, port, reaches(address, port)]).toEqual([address, port, true]);
    }
    for (const [address, port] of [
      ['10.96.0.1', 443],
      ['10.1.2.3', 6443],
      ['10.1.2.3', 2379],
      ['10.1.2.3', 10250],
      ['10.1.2.3', 22],
      ['127.0.0.1', 8080],
      ['::1', 8080],
      ['169.254.169.254', 80],
      ['168.63.129.16', 80],
      ['fd00:ec2::254', 80],
      ['fe80::1', 80],
    ] as const) {
      expect([address, port, reaches(address, port)]).toEqual([address, port, false]);
    }
    const dns = egress.filter(({ ports = [] }) => ports.some(({ port }) => port === 53));
    expect(dns).toEqual([
      {
        to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } }],
        ports: [
          { port: 53, protocol: 'UDP' },
          { port: 53, protocol: 'TCP' },
        ],
      },
    ]);
  });

  it('gives a pod the time its drain may take, and never stops all of them', () => {
    const delay = Number((container.env ?? []).find(({ name }) => name === 'SHUTDOWN_DELAY')?.value);
    expect(pod()?.terminationGracePeriodSeconds).toBeGreaterThan(delay + 30);
    expect(deployment().spec).toMatchObject({
      replicas: 2,
      strategy: { rollingUpdate: { maxUnavailable: 0 } },
    });
    expect(object('PodDisruptionBudget').spec).toMatchObject({ maxUnavailable: 1 });
  });
});

function text(name: string, folder: URL): Promise<string> {
  return readFile(new URL(name, folder), 'utf8');
}
