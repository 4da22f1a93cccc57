/** Some libraries inside are CommonJS and ask for `require` and their folder. */
export const banner = [
  "import { createRequire as keelsonRequire } from 'node:module';",
  "import { dirname as keelsonDirname } from 'node:path';",
  "import { fileURLToPath as keelsonPath } from 'node:url';",
  'const require = keelsonRequire(import.meta.url);',
  'const __filename = keelsonPath(import.meta.url);',
  'const __dirname = keelsonDirname(__filename);',
].join(' ');
