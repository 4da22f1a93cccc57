import type { Logger } from '@keelson/sdk';
import { lateLogger } from './late-logger.ts';
import { pinoLogger, type LoggerOptions } from './pino-logger.ts';

function world(level: LoggerOptions['level']) {
  const lines: string[] = [];
  let loads = 0;
  const log = lateLogger(level, () => {
    loads += 1;
    return Promise.resolve<Logger>(pinoLogger({ level, human: false, write: (text) => lines.push(text) }));
  });
  const said = async () => {
    await Promise.resolve();
    await Promise.resolve();
    return lines.map((line) => {
      const { time, ...rest } = JSON.parse(line) as Record<string, unknown>;
      expect(time).toEqual(expect.any(Number));
      return rest;
    });
  };
  return { log, said, loads: () => loads };
}

test('loads nothing for lines below its level', async () => {
  const { log, said, loads } = world('warn');
  log.debug('a');
  log.child({ plugin: 'x' }).info('b');
  expect([await said(), loads()]).toEqual([[], 0]);
});

test('writes lines in order, with the fields of parents and as they were', async () => {
  const { log, said, loads } = world('info');
  const fields = { n: 1 };
  const child = log.child({ plugin: 'x' });
  child.info('first', fields);
  fields.n = 2;
  log.warn('second');
  child.child({ object: 'o' }).error('third', { token: 't' });
  expect(await said()).toEqual([
    { level: 'info', plugin: 'x', n: 1, message: 'first' },
    { level: 'warn', message: 'second' },
    { level: 'error', plugin: 'x', object: 'o', token: '[secret]', message: 'third' },
  ]);
  child.info('later');
  expect([(await said()).at(-1), loads()]).toEqual([{ level: 'info', plugin: 'x', message: 'later' }, 1]);
});

test('says nothing when silent', async () => {
  const { log, said, loads } = world('silent');
  log.error('a');
  expect([await said(), loads()]).toEqual([[], 0]);
});
