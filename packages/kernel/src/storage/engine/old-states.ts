import type { Entry } from '../contract.ts';
import type { SortedMap, SortedMapEditor } from '../sorted-map/index.ts';
import type { History } from './history.ts';
import { orderKey } from './order-key.ts';

/** A state is kept every so many revisions; bounds how many batches an old read has to undo. */
const checkpointEvery = 8192;
/** States kept because somebody pages through them. */
const maxPinned = 32;

/**
 * States at old revisions. Keeping every root would cost a path copy per write; instead few are kept and the ones
 * between are made by undoing batches from the next newer one.
 */
export class OldStates {
  readonly #checkpoints: { readonly revision: number; readonly map: SortedMap<Entry> }[] = [];
  readonly #pinned = new Map<number, SortedMap<Entry>>();

  /** Offers the newest state; kept when it is time for a checkpoint. */
  offer(revision: number, freeze: () => SortedMap<Entry>): void {
    if (revision - this.#newest < checkpointEvery) return;
    this.#checkpoints.push({ revision, map: freeze() });
    this.#newest = revision;
  }

  /** Revision of the newest checkpoint. */
  #newest = 0;

  /** Keeps a state that will be read again. */
  pin(revision: number, map: SortedMap<Entry>): void {
    this.#pinned.delete(revision);
    this.#pinned.set(revision, map);
    if (this.#pinned.size > maxPinned) this.#pinned.delete(this.#pinned.keys().next().value!);
  }

  /** The state at `revision`, which must be readable; `newest` is the state of `history.last`. */
  at(revision: number, history: History, newest: () => SortedMap<Entry>): SortedMap<Entry> {
    const known = this.#pinned.get(revision);
    if (known !== undefined) {
      this.pin(revision, known);
      return known;
    }
    const later = this.#checkpoints.find((checkpoint) => checkpoint.revision >= revision);
    const editor = (later?.map ?? newest()).edit();
    for (let r = later?.revision ?? history.last; r > revision; r--) undo(editor, history, r);
    const map = editor.freeze();
    this.pin(revision, map);
    return map;
  }

  /** Lets go of states before `revision`. */
  drop(revision: number): void {
    let old = 0;
    while (old < this.#checkpoints.length && this.#checkpoints[old]!.revision < revision) old++;
    if (old > 0) this.#checkpoints.splice(0, old);
    for (const pinned of this.#pinned.keys()) {
      if (pinned < revision) this.#pinned.delete(pinned);
    }
  }

  /** For a fork; maps are shared. */
  fork(): OldStates {
    const copy = new OldStates();
    copy.#checkpoints.push(...this.#checkpoints);
    copy.#newest = this.#newest;
    for (const [revision, map] of this.#pinned) copy.#pinned.set(revision, map);
    return copy;
  }
}

function undo(editor: SortedMapEditor<Entry>, history: History, revision: number): void {
  for (const event of history.at(revision).events) {
    const key = orderKey(event.type === 'put' ? event.entry.key : event.key);
    if (event.previous === undefined) editor.delete(key);
    else editor.set(key, event.previous);
  }
}
