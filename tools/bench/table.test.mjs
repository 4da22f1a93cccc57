import { budgets } from './budgets.mjs';
import { resultsOf, tableOf, verdictOf } from './table.mjs';

const most = { row: 'a', what: 'a thing', unit: 'ms', atMost: 100, stretch: 50, program: 'x' };
const least = { row: 'b', what: 'another', unit: '×', atLeast: 0.6, stretch: 0.9, program: 'x' };

describe('verdicts', () => {
  it.each([
    [most, 40, 'stretch met'], [most, 50, 'stretch met'], [most, 100, 'met'], [most, 100.1, 'missed'],
    [least, 0.59, 'missed'], [least, 0.6, 'met'], [least, 0.9, 'stretch met'],
    [{ ...most, atMost: undefined }, 7, 'no budget'],
  ])('%j with %d is %s', (budget, figure, verdict) => {
    expect(verdictOf(budget, { figure })).toBe(verdict);
  });

  it('calls a row that was not measured neither met nor missed', () => {
    expect(verdictOf(most, undefined)).toBe('not measured');
    expect(verdictOf(most, { missing: 'no etcd' })).toBe('not measured');
  });
});

describe('table', () => {
  it('shows each row with its budget, its figure and why it is missing', () => {
    const outcomes = new Map([['a', { row: 'a', figure: 123.456, detail: {} }], ['b', { row: 'b', missing: 'no etcd' }]]);
    const text = tableOf(resultsOf([most, least], outcomes));
    expect(text).toMatch(/a thing +\| ≤ 100 ms +\| 123 ms +\| missed +\| 50/);
    expect(text).toMatch(/another +\| ≥ 0.6 × +\| – +\| not measured: no etcd +\| 0.9/);
  });
});

describe('budgets', () => {
  it('have one name each, and a stretch on the right side of the budget', () => {
    expect(new Set(budgets.map(({ row }) => row)).size).toBe(budgets.length);
    for (const { row, atLeast, atMost, stretch } of budgets) {
      if (stretch === undefined) continue;
      expect([row, atLeast === undefined ? stretch <= atMost : stretch >= atLeast]).toEqual([row, true]);
    }
  });
});
