// A table of links that is one stop of the Tab key; the arrow keys go to the nearest link that way.
import { roving } from './roving.js';

export function start(table) {
  roving(table, () => [...table.querySelectorAll('td a')]);
}
