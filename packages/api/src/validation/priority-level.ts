import type { LimitedPriorityLevelConfiguration, PriorityLevelConfiguration, QueuingConfiguration } from '../flowcontrol/v1/index.ts';
import type { Causes } from './causes.ts';
import { checkEnum, checkNonNegative, checkRange } from './rules.ts';

const mostQueues = 10_000_000;
/** Requests are dealt to queues by a hash of so many bits. */
const hashBits = 60;

/** A PriorityLevelConfiguration. */
export function checkPriorityLevelConfiguration({ metadata, spec }: PriorityLevelConfiguration, causes: Causes): void {
  const { type, limited, exempt } = spec ?? { type: '' };
  if ((metadata.name === 'exempt') !== (type === 'Exempt')) causes.invalid('spec.type', type ?? '', "type must be 'Exempt' if and only if name is 'exempt'");
  checkEnum(type, 'spec.type', ['Exempt', 'Limited'], causes, true);
  if (type === 'Exempt') {
    if (limited !== undefined) causes.forbidden('spec.limited', 'must be nil if the type is not Limited');
    checkNonNegative(exempt?.nominalConcurrencyShares, 'spec.exempt.nominalConcurrencyShares', causes);
    checkRange(exempt?.lendablePercent, 'spec.exempt.lendablePercent', [0, 100], causes);
  } else if (type === 'Limited') {
    if (exempt !== undefined) causes.forbidden('spec.exempt', 'must be nil if the type is Limited');
    if (limited === undefined) causes.required('spec.limited', 'must not be empty when type is Limited');
    else checkLimited(limited, 'spec.limited', causes);
  }
}

function checkLimited({ nominalConcurrencyShares, lendablePercent, borrowingLimitPercent, limitResponse }: LimitedPriorityLevelConfiguration, field: string, causes: Causes): void {
  if ((nominalConcurrencyShares ?? 0) < 0) causes.invalid(`${field}.nominalConcurrencyShares`, nominalConcurrencyShares, 'must be a non-negative integer');
  checkRange(lendablePercent, `${field}.lendablePercent`, [0, 100], causes);
  if ((borrowingLimitPercent ?? 0) < 0) causes.invalid(`${field}.borrowingLimitPercent`, borrowingLimitPercent, 'if specified, must be a non-negative integer');
  const { type, queuing } = limitResponse ?? {};
  const at = `${field}.limitResponse`;
  checkEnum(type, `${at}.type`, ['Queue', 'Reject'], causes, true);
  if (type === 'Reject' && queuing !== undefined) causes.forbidden(`${at}.queuing`, 'must be nil if limited.limitResponse.type is not Limited');
  if (type !== 'Queue') return;
  if (queuing === undefined) causes.required(`${at}.queuing`, 'must not be empty if limited.limitResponse.type is Limited');
  else checkQueuing(queuing, `${at}.queuing`, causes);
}

function checkQueuing({ queueLengthLimit = 0, queues = 0, handSize = 0 }: QueuingConfiguration, field: string, causes: Causes): void {
  if (queueLengthLimit <= 0) causes.invalid(`${field}.queueLengthLimit`, queueLengthLimit, 'must be positive');
  if (queues <= 0) causes.invalid(`${field}.queues`, queues, 'must be positive');
  else if (queues > mostQueues) causes.invalid(`${field}.queues`, queues, `must not be greater than ${mostQueues}`);
  const bits = Math.ceil(Math.log2(queues) * handSize);
  if (handSize <= 0) causes.invalid(`${field}.handSize`, handSize, 'must be positive');
  else if (handSize > queues) causes.invalid(`${field}.handSize`, handSize, `should not be greater than queues (${queues})`);
  else if (bits > hashBits) causes.invalid(`${field}.handSize`, handSize, `required entropy bits of deckSize ${queues} and handSize ${handSize} should not be greater than ${hashBits}`);
}
