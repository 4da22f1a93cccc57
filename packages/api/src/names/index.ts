export { generateName, randomSuffix, safeEncode } from './generate-name.ts';
export {
  checkConfigMapKey, checkDns1035Label, checkDns1123Label, checkDns1123Subdomain, checkEnvVarName, checkLabelValue,
  checkPathSegment, checkPortName, checkQualifiedName, type NameCheck,
} from './names.ts';
