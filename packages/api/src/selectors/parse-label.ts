import { checkQualifiedName } from '../names/index.ts';
import { requirementError, type Operator, type Parsed, type Requirement } from './requirement.ts';
import { selectorOf, type Selector } from './selector.ts';

interface Token {
  readonly type: 'word' | 'symbol' | 'end';
  readonly text: string;
}

const end: Token = { type: 'end', text: '' };
const binaryOperators: Readonly<Record<string, Operator>> = {
  in: 'In', notin: 'NotIn', '=': 'Equals', '==': 'Equals', '!=': 'NotEquals', '>': 'GreaterThan', '<': 'LessThan',
};
const expectedOperators = 'in, notin, =, ==, !=, gt, lt';

class SyntaxProblem extends Error {}

/** Parses the `labelSelector` query parameter; an empty text selects everything. */
export function parseLabelSelector(text: string): Parsed<Selector> {
  try {
    return { ok: true, value: selectorOf(new Parser(tokens(text)).requirements()) };
  } catch (problem) {
    if (problem instanceof SyntaxProblem) return { ok: false, message: problem.message };
    throw problem;
  }
}

function tokens(text: string): Token[] {
  const found: Token[] = [];
  for (const [match, symbol] of text.matchAll(/(==|!=|[=!(),<>])|[^\s=!(),<>]+/g)) {
    found.push({ type: symbol === undefined ? 'word' : 'symbol', text: match });
  }
  return found;
}

class Parser {
  readonly #tokens: readonly Token[];
  #position = 0;

  constructor(list: readonly Token[]) {
    this.#tokens = list;
  }

  requirements(): Requirement[] {
    const list: Requirement[] = [];
    for (;;) {
      const token = this.#peek();
      if (token.type === 'end') return list;
      if (token.type !== 'word' && token.text !== '!') {
        throw new SyntaxProblem(`found '${token.text}', expected: !, identifier, or 'end of string'`);
      }
      list.push(this.#requirement());
      const next = this.#take();
      if (next.type === 'end') return list;
      if (next.text !== ',') throw new SyntaxProblem(`found '${next.text}', expected: ',' or 'end of string'`);
      const after = this.#peek();
      if (after.type !== 'word' && after.text !== '!') throw new SyntaxProblem(`found '${after.text}', expected: identifier after ','`);
    }
  }

  #requirement(): Requirement {
    let token = this.#take();
    const negated = token.text === '!';
    if (negated) token = this.#take();
    if (token.type !== 'word') throw unable(`found '${token.text}', expected: identifier`);
    const key = token.text;
    const errors = checkQualifiedName(key);
    if (errors.length > 0) throw unable(`<nil>: Invalid value: ${JSON.stringify(key)}: ${errors.join('; ')}`);
    if (negated) return { key, operator: 'DoesNotExist', values: [] };
    const next = this.#peek();
    if (next.type === 'end' || next.text === ',') return { key, operator: 'Exists', values: [] };
    const operator = this.#operator();
    const values = operator === 'In' || operator === 'NotIn' ? this.#valueList() : [this.#exactValue()];
    const requirement = { key, operator, values };
    const problem = requirementError(requirement);
    if (problem !== undefined) throw unable(problem);
    return requirement;
  }

  #operator(): Operator {
    const token = this.#take();
    const operator = binaryOperators[token.text];
    if (operator === undefined) throw unable(`found '${token.text}', expected: ${expectedOperators}`);
    return operator;
  }

  #exactValue(): string {
    const token = this.#peek();
    if (token.type === 'end' || token.text === ',') return '';
    this.#take();
    if (token.type !== 'word') throw unable(`found '${token.text}', expected: identifier`);
    return token.text;
  }

  #valueList(): string[] {
    const open = this.#take();
    if (open.text !== '(') throw unable(`found '${open.text}' expected: '('`);
    const values = new Set<string>();
    let expectsValue = true;
    for (;;) {
      const token = this.#take();
      if (token.type === 'word') {
        if (!expectsValue) throw unable(`found '${token.text}', expected: ',' or ')'`);
        values.add(token.text);
        expectsValue = false;
      } else if (token.text === ',' || token.text === ')') {
        // An empty place between commas or parentheses is the empty value.
        if (expectsValue) values.add('');
        if (token.text === ')') return [...values].sort();
        expectsValue = true;
      } else {
        throw unable(`found '${token.text}', expected: ',', ')' or identifier`);
      }
    }
  }

  #peek(): Token {
    return this.#tokens[this.#position] ?? end;
  }

  #take(): Token {
    return this.#tokens[this.#position++] ?? end;
  }
}

function unable(message: string): SyntaxProblem {
  return new SyntaxProblem(`unable to parse requirement: ${message}`);
}
