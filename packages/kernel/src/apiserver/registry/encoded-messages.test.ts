import { decode, wrapMessage } from '@keelson/api/protobuf';
import { CachedObject, ParsedObjects } from '../../watch/index.ts';
import { EncodedMessages } from './encoded-messages.ts';

const parsed = new ParsedObjects(4);
const configMap = (name: string, size: number) => {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, uid: name, resourceVersion: '1' }, data: { text: 'x'.repeat(size) } };
  return new CachedObject(`default/${name}`, Buffer.from(JSON.stringify(object)), 1, parsed);
};

describe('messages of stored objects', () => {
  it('are made once a revision, the same bytes for every reader', () => {
    const messages = new EncodedMessages();
    const cached = configMap('a', 10);
    const message = messages.of(cached);
    expect(messages.of(cached)).toBe(message);
    expect(decode(wrapMessage({ apiVersion: 'v1', kind: 'ConfigMap' }, message)).object).toEqual(cached.object);
    expect(messages.size).toBe(message.length);
    expect(message.buffer.byteLength).toBe(message.length);
  });

  it('stay within the budget: the least recently used go first', () => {
    const messages = new EncodedMessages(2500);
    const [a, b, c] = [configMap('a', 1000), configMap('b', 1000), configMap('c', 1000)] as const;
    const first = messages.of(a);
    const second = messages.of(b);
    expect(messages.of(a)).toBe(first);
    messages.of(c);
    expect(messages.size).toBeLessThanOrEqual(2500);
    expect(messages.of(a)).toBe(first);
    expect(messages.of(b)).not.toBe(second);
  });

  it('answer with one that alone is over the budget', () => {
    const messages = new EncodedMessages(100);
    expect(messages.of(configMap('big', 1000)).length).toBeGreaterThan(1000);
    messages.of(configMap('small', 0));
    expect(messages.size).toBeLessThanOrEqual(100);
  });
});
