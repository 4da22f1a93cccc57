/** Calls back in the next turn of the event loop: what the present turn writes leaves together. */
export function nextTurn(callback: () => void): void {
  setImmediate(callback);
}
