#!/usr/bin/env node
// Builds the images that tests and examples run from Debian's packages and the sources here, without any registry:
//
//   node tools/images/build.mjs [FOLDER]      into FOLDER, by default .keelson/images
//
// Load them with `keelson image import FILE.tar`, or `ctr -n k8s.io images import FILE.tar`.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { argv, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';
import { buildImage, images } from './images.mjs';

const folder = resolve(argv[2] ?? fileURLToPath(new URL('../../.keelson/images', import.meta.url)));
mkdirSync(folder, { recursive: true });
for (const image of images) {
  const bytes = buildImage(image);
  const file = join(folder, `${image.file}.tar`);
  writeFileSync(`${file}.new`, bytes);
  renameSync(`${file}.new`, file);
  stdout.write(`${image.name} ${file} (${(bytes.length / 1024).toFixed(0)} KiB)\n`);
}
