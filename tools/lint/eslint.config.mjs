// ESLint's entry for this tree; the rules are in rules-for.mjs, which the tests use on a tree of their own.
import { fileURLToPath } from 'node:url';
import { rulesFor } from './rules-for.mjs';

export default rulesFor(fileURLToPath(new URL('../..', import.meta.url)));
