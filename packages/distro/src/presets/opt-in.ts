/** Plugins that no preset lists because a user chooses them knowingly. */
export { default as runtimeProcess } from '@keelson/runtime-process';
