/** Allowed values of a text, or of each text in a list or map. */
export type ClosedSet = readonly string[];

/** Closed sets of one API package, by type name without the package, then by field. */
export type PackageEnums = Readonly<Record<string, Readonly<Record<string, ClosedSet>>>>;

/** When an image is pulled. */
export const pullPolicies: ClosedSet = ['Always', 'IfNotPresent', 'Never'];

/** Transport protocols of ports. */
export const protocols: ClosedSet = ['SCTP', 'TCP', 'UDP'];

/** What becomes of a volume that nobody claims any more. */
export const reclaimPolicies: ClosedSet = ['Delete', 'Recycle', 'Retain'];

/** Where a seccomp or AppArmor profile comes from. */
export const profileTypes: ClosedSet = ['Localhost', 'RuntimeDefault', 'Unconfined'];
