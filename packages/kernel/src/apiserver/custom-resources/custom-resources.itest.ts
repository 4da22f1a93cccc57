import type { ApiCall, ApiTransport } from '@keelson/sdk';
import { OpenApi } from '../openapi/index.ts';
import { Discovery } from '../discovery/index.ts';
import { testServer } from '../testdata/test-server.ts';

type Any = any;

const crds = { group: 'apiextensions.k8s.io', version: 'v1', plural: 'customresourcedefinitions' };
const gadgets = { group: 'example.org', version: 'v1', plural: 'gadgets', namespace: 'default' };
const free = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
const version = (name: string, rest: object = {}) => ({ name, served: true, storage: name === 'v1', schema: free, ...rest });
const definition = (spec: object = {}, names: object = {}, name = 'gadgets') => ({
  apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `${name}.example.org` },
  spec: { group: 'example.org', scope: 'Namespaced', names: { plural: name, kind: 'Gadget', shortNames: ['gd'], ...names }, versions: [version('v1')], ...spec },
});
const gadget = (name: string, rest: object = {}) => ({ apiVersion: 'example.org/v1', kind: 'Gadget', metadata: { name }, spec: { size: 3 }, ...rest });

const create = async (api: ApiTransport, at: Omit<ApiCall, 'verb'>, body: unknown): Promise<Any> => api.call({ ...at, verb: 'create', body });
const get = async (api: ApiTransport, at: Omit<ApiCall, 'verb'>, name: string): Promise<Any> => api.call({ ...at, verb: 'get', name });
const change = async (api: ApiTransport, at: Omit<ApiCall, 'verb'>, name: string, body: unknown): Promise<Any> => api.call({ ...at, verb: 'patch', name, patchType: 'merge', body });
const failure = async (promise: Promise<unknown>): Promise<Any> => promise.then(() => { throw new Error('expected a failure'); }, (error: Any) => error.toStatus());
/** The memory store works in microtasks only: after a turn everything is settled. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

async function served(spec: object = {}) {
  const world = await testServer();
  await create(world.api, crds, definition(spec));
  await settled();
  return world;
}

const conditions = (crd: Any): Record<string, string> => Object.fromEntries((crd.status.conditions as Any[]).map(({ type, status, reason }) => [type, `${status} ${reason}`]));

describe('a definition', () => {
  it('is established and served: discovery, OpenAPI, every verb', async () => {
    const { api, server } = await served();
    const crd = await get(api, crds, 'gadgets.example.org');
    expect(conditions(crd)).toEqual({ NamesAccepted: 'True NoConflicts', Established: 'True InitialNamesAccepted' });
    expect(crd.status).toMatchObject({ acceptedNames: { plural: 'gadgets', singular: 'gadget', kind: 'Gadget', listKind: 'GadgetList', shortNames: ['gd'] }, storedVersions: ['v1'] });
    const kinds = server.context.registry.kinds();
    const list = JSON.parse(new Discovery(kinds, { serverAddress: '' }).answer('/apis/example.org/v1', undefined)!.body.toString()) as Any;
    expect(list.resources).toMatchObject([{ name: 'gadgets', singularName: 'gadget', kind: 'Gadget', shortNames: ['gd'], namespaced: true }]);
    const openApi = new OpenApi(kinds, { version: 'v1' });
    for (const path of ['/openapi/v2', '/openapi/v3/apis/example.org/v1']) expect(danglingReferences(JSON.parse(openApi.answer(path, undefined)!.body.toString()))).toEqual([]);

    const made = await create(api, gadgets, gadget('a', { spec: { size: 3, deep: { any: [1, null] } }, unknown: true }));
    expect(made).toMatchObject({ apiVersion: 'example.org/v1', kind: 'Gadget', metadata: { generation: 1 }, spec: { deep: { any: [1, null] } }, unknown: true });
    const changed = await change(api, gadgets, 'a', { spec: { size: 4 } });
    expect(changed).toMatchObject({ metadata: { generation: 2 }, spec: { size: 4 } });
    expect(await failure(api.call({ ...gadgets, verb: 'patch', name: 'a', patchType: 'strategic', body: {} }))).toMatchObject({ code: 415 });
    const applied: Any = await api.call({ ...gadgets, verb: 'patch', name: 'b', patchType: 'apply', query: { fieldManager: 'me' }, body: gadget('b') });
    expect(applied.metadata.managedFields).toMatchObject([{ manager: 'me', operation: 'Apply', apiVersion: 'example.org/v1' }]);
    expect(await failure(create(api, gadgets, gadget('c', { metadata: { name: 'c', labels: 5 } })))).toMatchObject({ code: 400 });
    const listed: Any = await api.call({ ...gadgets, verb: 'list' });
    expect(listed).toMatchObject({ kind: 'GadgetList', apiVersion: 'example.org/v1' });
    expect(listed.items).toHaveLength(2);
    await api.call({ ...gadgets, verb: 'delete', name: 'a' });
    expect(await failure(get(api, gadgets, 'a'))).toMatchObject({ code: 404, message: 'gadgets.example.org "a" not found' });
  });

  it('waits for names that others bear, and gets them when they are free', async () => {
    const { api } = await served();
    await create(api, crds, definition({}, { shortNames: ['gd', 'gi'], kind: 'Gizmo', listKind: 'GizmoList' }, 'gizmos'));
    await settled();
    const at = { ...gadgets, plural: 'gizmos' };
    expect(conditions(await get(api, crds, 'gizmos.example.org'))).toEqual({ NamesAccepted: 'False ShortNamesConflict', Established: 'False NotAccepted' });
    expect(await failure(api.call({ ...at, verb: 'list' }))).toMatchObject({ code: 404, message: 'the server could not find the requested resource' });
    await api.call({ ...crds, verb: 'delete', name: 'gadgets.example.org' });
    await settled();
    expect(conditions(await get(api, crds, 'gizmos.example.org'))).toMatchObject({ Established: 'True InitialNamesAccepted' });
    expect(await api.call({ ...at, verb: 'list' })).toMatchObject({ items: [] });
  });

  it('keeps names of built-in kinds for them', async () => {
    const { api } = await testServer();
    await create(api, crds, { ...definition({ group: 'networking.k8s.io' }, { kind: 'Ingress' }), metadata: { name: 'gadgets.networking.k8s.io' } });
    await settled();
    expect(conditions(await get(api, crds, 'gadgets.networking.k8s.io'))).toMatchObject({ NamesAccepted: 'False ListKindConflict' }); // the last conflict is the one told
  });

  it('serves all its versions from one store, each under its own name', async () => {
    const { api } = await served({ versions: [version('v1'), version('v1beta1', { deprecated: true }), version('v1alpha1', { served: false })] });
    await create(api, { ...gadgets, version: 'v1beta1' }, gadget('a', { apiVersion: 'example.org/v1beta1' }));
    expect(await get(api, gadgets, 'a')).toMatchObject({ apiVersion: 'example.org/v1' });
    expect(await get(api, { ...gadgets, version: 'v1beta1' }, 'a')).toMatchObject({ apiVersion: 'example.org/v1beta1' });
    expect(await failure(get(api, { ...gadgets, version: 'v1alpha1' }, 'a'))).toMatchObject({ code: 404 });
    await change(api, crds, 'gadgets.example.org', { spec: { versions: [version('v1', { storage: false }), version('v1beta1', { storage: true })] } });
    await settled();
    expect((await get(api, crds, 'gadgets.example.org')).status.storedVersions).toEqual(['v1', 'v1beta1']);
    expect(await get(api, gadgets, 'a')).toMatchObject({ apiVersion: 'example.org/v1' });
    expect(await change(api, { ...gadgets, version: 'v1beta1' }, 'a', { spec: { size: 9 } })).toMatchObject({ apiVersion: 'example.org/v1beta1', spec: { size: 9 } });
    expect(await get(api, gadgets, 'a')).toMatchObject({ apiVersion: 'example.org/v1', spec: { size: 9 } });
  });

  it('has status and scale where it says so', async () => {
    const scale = { specReplicasPath: '.spec.size', statusReplicasPath: '.status.have', labelSelectorPath: '.status.selector' };
    const { api } = await served({ versions: [version('v1', { subresources: { status: {}, scale } })] });
    expect((await create(api, gadgets, gadget('a', { status: { have: 7 } }))).status).toBeUndefined();
    await api.call({ ...gadgets, verb: 'patch', name: 'a', subresource: 'status', patchType: 'merge', body: { spec: { size: 8 }, status: { have: 2, selector: 'app=a' } } });
    expect(await get(api, gadgets, 'a')).toMatchObject({ metadata: { generation: 1 }, spec: { size: 3 }, status: { have: 2 } });
    expect(await api.call({ ...gadgets, verb: 'get', name: 'a', subresource: 'scale' })).toMatchObject({ kind: 'Scale', spec: { replicas: 3 }, status: { replicas: 2, selector: 'app=a' } });
    await api.call({ ...gadgets, verb: 'patch', name: 'a', subresource: 'scale', patchType: 'merge', body: { spec: { replicas: 5 } } });
    expect(await get(api, gadgets, 'a')).toMatchObject({ metadata: { generation: 2 }, spec: { size: 5 } });
  });

  it('takes its objects along when it is deleted, and waits for their finalizers', async () => {
    const { api } = await served();
    await create(api, gadgets, gadget('a'));
    await create(api, gadgets, gadget('b', { metadata: { name: 'b', finalizers: ['example.org/hold'] } }));
    let ended = false;
    const events: string[] = [];
    api.watch(gadgets, { event: ({ type, object }) => events.push(`${type} ${object.metadata.name!}`), end: () => (ended = true) });
    const marked: Any = await api.call({ ...crds, verb: 'delete', name: 'gadgets.example.org' });
    expect(marked.metadata).toMatchObject({ deletionTimestamp: expect.any(String), finalizers: ['customresourcecleanup.apiextensions.k8s.io'] });
    await settled();
    expect(conditions(await get(api, crds, 'gadgets.example.org'))).toMatchObject({ Terminating: 'True InstanceDeletionInProgress' });
    expect(await failure(get(api, gadgets, 'a'))).toMatchObject({ code: 404, message: 'gadgets.example.org "a" not found' });
    expect(await failure(create(api, gadgets, gadget('c')))).toMatchObject({ code: 405, message: 'create not allowed while custom resource definition is terminating' });
    expect(ended).toBe(false);
    await change(api, gadgets, 'b', { metadata: { finalizers: null } });
    await settled();
    expect(await failure(get(api, crds, 'gadgets.example.org'))).toMatchObject({ code: 404 });
    expect(await failure(api.call({ ...gadgets, verb: 'list' }))).toMatchObject({ code: 404, message: 'the server could not find the requested resource' });
    expect([ended, events.at(-1)]).toEqual([true, 'DELETED b']);
    await create(api, crds, definition());
    await settled();
    expect(await api.call({ ...gadgets, verb: 'list' })).toMatchObject({ items: [] });
  });

  it('is served again from the first moment of the next start', async () => {
    const { server, api } = await served();
    await create(api, gadgets, gadget('a'));
    server.close();
    const next = await testServer({ store: server.context.store });
    expect(await get(next.api, gadgets, 'a')).toMatchObject({ spec: { size: 3 } });
  });
});

function danglingReferences(document: Any): string[] {
  const missing: string[] = [];
  const visit = (value: Any): void => {
    if (typeof value !== 'object' || value === null) return;
    const target = value.$ref as string | undefined;
    if (typeof target === 'string' && target.slice(2).split('/').reduce((at: Any, part) => at?.[part], document) === undefined) missing.push(target);
    Object.values(value).forEach(visit);
  };
  visit(document);
  return missing;
}
