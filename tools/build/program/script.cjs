// How the program's one file becomes code: used by its entry and by what makes its code cache, which must agree.
const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { dirname } = require('node:path');
const { pathToFileURL } = require('node:url');
const { Script } = require('node:vm');

/** Where the code that this V8 compiled lies; another Node has its own, or none yet. */
exports.cacheOf = (path) => `${path}.${process.versions.v8}-${process.arch}.cache`;

/**
 * Compiles the file, or takes what V8 compiled before (`cachedData`). V8 rejects the cache of another version of itself
 * or of other flags, and then compiles; that the cache is of this very text, its name says.
 */
exports.compileProgram = (path, cachedData) =>
  // All characters are ASCII: esbuild escapes the others.
  new Script(readFileSync(path, 'latin1'), { filename: path, cachedData });

/** Runs a compiled program; `entry` is the file that the user started. */
exports.runProgram = (script, path, entry) => {
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(path), module, path, dirname(path), pathToFileURL(entry).href);
};
