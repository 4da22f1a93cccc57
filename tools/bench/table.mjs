// The verdicts and the printed table.

/** `met`, `missed`, `stretch met`, `not measured` or `no budget`, for a budget and what its program reported. */
export function verdictOf(budget, outcome) {
  if (outcome === undefined || outcome.figure === undefined) return 'not measured';
  if (budget.atLeast === undefined && budget.atMost === undefined) return 'no budget';
  const keeps = (limit) => (budget.atLeast === undefined ? outcome.figure <= limit : outcome.figure >= limit);
  if (!keeps(budget.atLeast ?? budget.atMost)) return 'missed';
  return budget.stretch !== undefined && keeps(budget.stretch) ? 'stretch met' : 'met';
}

/** Rows of the table as objects, also what the JSON holds. */
export function resultsOf(budgets, outcomes) {
  return budgets.map((budget) => {
    const outcome = outcomes.get(budget.row);
    const { row, what, unit, atLeast, atMost, stretch } = budget;
    return { row, what, unit, atLeast, atMost, stretch, figure: outcome?.figure, verdict: verdictOf(budget, outcome), missing: outcome?.missing, detail: outcome?.detail };
  });
}

/** The table as text, in Markdown so that it can be pasted. */
export function tableOf(results) {
  const lines = results.map(({ what, unit, atLeast, atMost, stretch, figure, verdict, missing }) => [
    what,
    limitOf(atLeast, atMost, unit),
    figure === undefined ? '–' : `${shown(figure)} ${unit}`,
    missing === undefined ? verdict : `${verdict}: ${missing}`,
    stretch === undefined ? '' : shown(stretch),
  ]);
  const rows = [['what', 'budget', 'figure', 'verdict', 'stretch'], ...lines];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const text = rows.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`);
  return [text[0], `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...text.slice(1)].join('\n');
}

function limitOf(atLeast, atMost, unit) {
  if (atLeast !== undefined) return `≥ ${shown(atLeast)} ${unit}`;
  return atMost === undefined ? '' : `≤ ${shown(atMost)} ${unit}`;
}

function shown(value) {
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}
