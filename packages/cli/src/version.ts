import manifest from '../package.json' with { type: 'json' };

/** Version of the command and of what it boots. */
export const version: string = manifest.version;
