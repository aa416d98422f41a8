// A row of buttons, links or boxes that is one stop of the Tab key.
import { roving } from './roving.js';

export function start(box) {
  const settle = roving(box, () => [...box.querySelectorAll('a, button, input')], { line: true });
  document.addEventListener('karta:question', settle);
}
