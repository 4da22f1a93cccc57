import type { Kind, KubeObject, Status } from '@keelson/api';
import { z } from 'zod';
import { controller, Controllers, type ControllerDeclaration } from './controller/index.ts';
import {
  KeelsonError, StatusError, Terminal, definePlugin, extensionPoint, isKeelsonError, isStatus, isTerminal, live, optional, policyRule, silentLogger, statusErrorFrom, token,
  type Contributions, type StatusReason,
} from './index.ts';

const Ledger = token<{ readonly balance: number }>('acme.ledger');
const Steps = extensionPoint<{ readonly name: string }>('acme.steps', { ordered: true, cardinality: 'at-least-one', deadlineMs: 5, guarded: false });

describe('tokens and points', () => {
  it('are frozen data that pair themselves with values', () => {
    expect(Object.isFrozen(Ledger)).toBe(true);
    expect(Ledger.provide({ balance: 1 })).toEqual({ provisionOf: 'acme.ledger', value: { balance: 1 } });
    expect(optional(Ledger)).toEqual({ tokenKind: 'optional', key: 'acme.ledger' });
    expect(Steps).toMatchObject({ tokenKind: 'point', key: 'acme.steps', ordered: true, cardinality: 'at-least-one', deadlineMs: 5, guarded: false });
    expect(Steps.with({ name: 'a' })).toEqual({ contributionTo: 'acme.steps', value: { name: 'a' } });
    expect(live(Steps)).toMatchObject({ tokenKind: 'live', key: 'acme.steps', point: Steps });
  });

  it('default to any number, without order, guarded', () => {
    const point = extensionPoint<object>('acme.things');
    expect(point).toMatchObject({ cardinality: 'any', ordered: false });
    expect('deadlineMs' in point || 'guarded' in point).toBe(false);
  });
});

describe('definePlugin', () => {
  it('types what setup gets from what the manifest says', () => {
    const plugin = definePlugin({
      name: 'acme',
      version: '1.0.0',
      kind: 'extension',
      summary: 'types',
      config: z.strictObject({ keep: z.int().default(1) }),
      requires: { ledger: Ledger, spare: optional(Ledger), steps: Steps, later: live(Steps) },
      setup: ({ ledger, spare, steps, later, config }) => {
        const sums: number = ledger.balance + config.keep;
        const both: readonly Contributions<{ readonly name: string }>[] = [steps, later];
        // @ts-expect-error -- an optional token may be absent
        const unchecked: number = spare.balance;
        // @ts-expect-error -- not in the schema
        void config.kept;
        return [Steps.with({ name: String(sums + both.length + unchecked) })];
      },
    });
    expect(Object.isFrozen(plugin)).toBe(true);
    // @ts-expect-error -- a contribution of another type
    void (() => Steps.with({ nam: 'x' }));
  });

  it('spells rules out', () => {
    expect(policyRule({ groups: [''], resources: ['pods'], verbs: ['get'] })).toEqual({ apiGroups: [''], resources: ['pods'], verbs: ['get'] });
    expect(policyRule({ groups: [''], resources: ['pods'], verbs: ['get'], names: ['a'] })).toMatchObject({ resourceNames: ['a'] });
  });
});

describe('errors', () => {
  it('are recognised by shape, so that two copies of the package agree', () => {
    const foreign = { keelson: true, terminal: true, message: 'x' };
    expect([isKeelsonError(foreign), isTerminal(foreign)]).toEqual([true, true]);
    expect([isKeelsonError(new Error('x')), isTerminal(new KeelsonError('KEEL_X', 'x')), isTerminal(new Terminal('x'))]).toEqual([false, false, true]);
    expect(isStatus({ toStatus: () => ({}), reason: 'NotFound' }, 'NotFound')).toBe(true);
    expect(isStatus({ reason: 'NotFound' }, 'NotFound')).toBe(false);
  });

  it('keep their code, name and cause', () => {
    const cause = new Error('below');
    const error = new StatusError('Conflict', 'changed', {}, { cause });
    expect(error).toMatchObject({ code: 'KEEL_API_CONFLICT', name: 'StatusError', cause, httpCode: 409 });
    expect(error).toBeInstanceOf(KeelsonError);
  });

  it.each<[StatusReason, number]>([
    ['BadRequest', 400], ['Unauthorized', 401], ['Forbidden', 403], ['NotFound', 404], ['MethodNotAllowed', 405], ['NotAcceptable', 406],
    ['AlreadyExists', 409], ['Conflict', 409], ['Gone', 410], ['Expired', 410], ['RequestEntityTooLarge', 413], ['UnsupportedMediaType', 415],
    ['Invalid', 422], ['TooManyRequests', 429], ['InternalError', 500], ['ServerTimeout', 500], ['ServiceUnavailable', 503], ['Timeout', 504],
  ])('%s is HTTP %d, there and back', (reason, code) => {
    const sent = new StatusError(reason, 'no', { kind: 'pods', name: 'a' });
    expect(sent.toStatus()).toMatchObject({ kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, code, message: 'no', details: { kind: 'pods', name: 'a' } });
    expect(statusErrorFrom(sent.toStatus())).toMatchObject({ reason, httpCode: code, message: 'no', details: { name: 'a' } });
  });

  it('take an unknown reason and missing fields as they come', () => {
    const error = statusErrorFrom({ kind: 'Status', apiVersion: 'v1', reason: 'Teapot', code: 418 } as Status);
    expect(error).toMatchObject({ reason: 'Unknown', httpCode: 418, message: 'unknown error' });
    expect(error.toStatus().reason).toBe('');
    expect('details' in new StatusError('NotFound', 'x').toStatus()).toBe(false);
  });
});

describe('controller', () => {
  const Gadget = { kind: 'Gadget', apiVersion: 'example.org/v1' } as Kind<KubeObject>;

  it('takes the short form with one watched kind', () => {
    const { contributionTo, value } = controller({ watches: Gadget, reconcile: () => undefined });
    expect(contributionTo).toBe(Controllers.key);
    expect(value).toMatchObject({ name: 'gadget', for: Gadget });
    expect((value as ControllerDeclaration).watches).toBeUndefined();
    expect(controller({ name: 'mine', watches: Gadget, reconcile: () => undefined }).value).toMatchObject({ name: 'mine' });
  });

  it('hands the full form on as it is', () => {
    const declaration: ControllerDeclaration = { name: 'gadgets', for: Gadget, owns: [Gadget], reconcile: () => undefined };
    expect(controller(declaration).value).toBe(declaration);
  });

  it('is not guarded: a reconcile that throws is for the runner to retry', () => {
    expect(Controllers.guarded).toBe(false);
  });
});

it('the silent logger is silent for children, too', () => {
  expect(silentLogger.child({ a: 1 })).toBe(silentLogger);
  expect(silentLogger.error('x')).toBeUndefined();
});
