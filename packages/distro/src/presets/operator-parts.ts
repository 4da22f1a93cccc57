/** What a plugin needs around it to run alone against a cluster. */
export { default as controllerRunner } from '@keelson/controller-runner';
