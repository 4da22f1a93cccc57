export {
  compileFieldSelector, fieldSelectorError, fieldValue, formatFieldSelector, parseFieldSelector, type FieldRequirement, type FieldSelector,
} from './field.ts';
export { parseLabelSelector } from './parse-label.ts';
export { formatRequirement, requirementError, type Labels, type Operator, type Parsed, type Requirement } from './requirement.ts';
export { compileLabelSelector, everything, labelSelector, nothing, selectorFromLabels, selectorOf, type Selector } from './selector.ts';
