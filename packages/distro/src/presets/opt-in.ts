/** Plugins that no preset lists because a user chooses them knowingly. */
export { default as runtimeCri } from '@keelson/runtime-cri';
export { default as runtimeProcess } from '@keelson/runtime-process';
