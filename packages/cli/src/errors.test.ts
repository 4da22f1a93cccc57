import { KeelsonError, StatusError } from '@keelson/sdk';
import { CliError, describeError, exitCodeOf } from './errors.ts';

const system = (code: string): Error => Object.assign(new Error(`${code}: no`), { code });

describe('exit codes', () => {
  it.each([
    [new CliError('KEEL_USAGE_FLAG', 'x'), 2],
    [new KeelsonError('KEEL_CONFIGURATION', 'x'), 3],
    [new KeelsonError('KEEL_LOAD_SYNTAX', 'x'), 3],
    [new KeelsonError('KEEL_STORE_LOCKED', 'x'), 4],
    [new KeelsonError('KEEL_PORT_TAKEN', 'x'), 4],
    [system('ENOSPC'), 4],
    [new CliError('KEEL_CLUSTER_NOT_RUNNING', 'x'), 5],
    [new CliError('KEEL_TIMEOUT_READY', 'x'), 6],
    [new StatusError('Forbidden', 'x'), 7],
    [new TypeError('x'), 1],
    ['text', 1],
    [new KeelsonError('KEEL_SOMETHING_NEW', 'x'), 1],
  ])('%p is class %i', (error, code) => {
    expect(exitCodeOf(error)).toBe(code);
  });

  it('looks at the cause of a wrapper', () => {
    const wrapped = new KeelsonError('KEEL_START_FAILED', 'kernel did not start: port 1 is taken', { cause: new KeelsonError('KEEL_PORT_TAKEN', 'port 1 is taken') });
    expect(exitCodeOf(wrapped)).toBe(4);
    expect(describeError(wrapped)).toBe('error: kernel did not start: port 1 is taken\nreason: KEEL_PORT_TAKEN\n');
    expect(exitCodeOf(new Error('outer', { cause: system('EACCES') }))).toBe(4);
  });
});

describe('describeError', () => {
  it('gives a hint for faults of the machine and a stack for the unexpected', () => {
    expect(describeError(system('ENOSPC'))).toBe('error: ENOSPC: no\nreason: KEEL_ENVIRONMENT (the disk is full: free some space)\n');
    expect(describeError(new TypeError('odd'))).toMatch(/^error: TypeError: odd\n +at [\s\S]*reason: KEEL_UNEXPECTED\n$/);
  });
});
