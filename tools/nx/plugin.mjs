// Nx plugin: projects, tags and targets come from the place of each package.json, so no project.json exists anywhere.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inferProject } from './infer.mjs';

export const name = 'keelson';

export const createNodesV2 = [
  '{packages/*,plugins/*/*,examples/*,tools}/package.json',
  (files, _options, { workspaceRoot }) =>
    files.map((file) => {
      const manifest = JSON.parse(readFileSync(join(workspaceRoot, file), 'utf8'));
      const project = inferProject(file.replaceAll('\\', '/'), manifest.name);
      return [file, project === undefined ? {} : { projects: { [project.root]: project } }];
    }),
];
