import { standingClock } from './testdata/fakes.ts';
import { sendLimit, withinSendLimit } from './send-limit.ts';

function clockByHand() {
  const timers: { readonly after: number; readonly call: () => void }[] = [];
  const clock = { ...standingClock(), after: (after: number, call: () => void) => (timers.push({ after, call }), { cancel: () => void timers.pop() }) };
  return { clock, timers };
}

it('waits for the collector, and leaves no timer behind', async () => {
  const { clock, timers } = clockByHand();
  const errors: Error[] = [];
  await withinSendLimit(Promise.resolve(), clock, (error) => errors.push(error));
  expect([timers, errors]).toEqual([[], []]);
  await expect(withinSendLimit(Promise.reject(new Error('refused')), clock, () => undefined)).rejects.toThrow('refused');
  expect(timers).toEqual([]);
});

it('gives up on one that does not answer, and says what is lost', async () => {
  const { clock, timers } = clockByHand();
  const errors: Error[] = [];
  const waiting = withinSendLimit(new Promise(() => undefined), clock, (error) => errors.push(error));
  expect(timers.map(({ after }) => after)).toEqual([sendLimit]);
  timers[0]!.call();
  await waiting;
  expect(errors.map(({ message }) => message)).toEqual(['the collector did not take the last spans within 2 s; they are lost']);
});
