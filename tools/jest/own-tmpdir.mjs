// Gives every run of jest a temporary folder of its own, so that what a test leaves behind can be told from what others
// on this machine make, and goes away however a test ended.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Before any worker starts: workers and the programs they start inherit the environment. */
export default function setUp() {
  process.env.KEELSON_TMPDIR_BEFORE = process.env.TMPDIR ?? '';
  process.env.KEELSON_TMPDIR = process.env.TMPDIR = mkdtempSync(join(tmpdir(), 'keelson-jest-'));
}
