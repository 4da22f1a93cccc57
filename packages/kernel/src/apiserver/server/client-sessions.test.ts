import { seededRandom } from '@keelson/sdk';
import { SpanRecorder, type SpanRecord } from '@keelson/telemetry';
import { ClientSessions } from './client-sessions.ts';

const user = { name: 'anna', groups: [] };
const session = '5a3c1a4e-7f9b-4a53-9c7d-0d2f6f0f8d11';
const request = (headers: Readonly<Record<string, string>>) => ({ header: (name: string) => headers[name] });

function sessions() {
  const spans: SpanRecord[] = [];
  const recorder = new SpanRecorder({ clock: { now: () => 1000, monotonic: () => 0 } as never, random: seededRandom('sessions'), sink: (span) => spans.push(span) });
  return { sessions: new ClientSessions(recorder.tracer('test')), spans };
}

describe('ClientSessions', () => {
  it('ties the requests of one invocation to one span', () => {
    const { sessions: known, spans } = sessions();
    const headers = request({ 'kubectl-session': session, 'kubectl-command': 'kubectl apply' });
    const first = known.of(headers, user);
    expect(first?.command).toBe('kubectl apply');
    expect(known.of(headers, user)?.span).toBe(first?.span);
    expect(spans).toEqual([expect.objectContaining({ name: 'kubectl apply', spanId: first?.span.spanId, attributes: { 'keelson.client.command': 'kubectl apply', 'keelson.user': 'anna' } })]);
  });

  it('keeps users and invocations apart', () => {
    const { sessions: known } = sessions();
    const headers = request({ 'kubectl-session': session, 'kubectl-command': 'kubectl rollout undo' });
    const ids = [known.of(headers, user), known.of(headers, { name: 'ben', groups: [] }), known.of(request({ 'kubectl-session': session.replace('5', '6'), 'kubectl-command': 'kubectl apply' }), user)].map((found) => found?.span.traceId);
    expect(new Set(ids).size).toBe(3);
  });

  it.each([
    ['no session', {}],
    ['a session that is none', { 'kubectl-session': 'x', 'kubectl-command': 'kubectl apply' }],
    ['no command', { 'kubectl-session': session }],
    ['a command that would be a span name of its own each time', { 'kubectl-session': session, 'kubectl-command': 'kubectl apply -f /tmp/secret.yaml' }],
  ])('ignores %s', (_title, headers) => {
    expect(sessions().sessions.of(request(headers as Readonly<Record<string, string>>), user)).toBeUndefined();
  });
});
