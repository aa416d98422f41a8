// Boxes over a picture: drawn with the pointer into the next free row of numbers, and shown as the numbers say.
const SIDES = ['vanster', 'uppifran', 'bredd', 'hojd'];
const NS = 'http://www.w3.org/2000/svg';

export function start(form) {
  const stage = form.querySelector('.covered');
  const svg = stage.querySelector('svg');
  const rows = [...form.querySelectorAll('fieldset')].map((row) => SIDES.map((side) => row.querySelector(`[name$="_${side}"]`)));
  const boxOf = (row) => row.map((field) => (/^[0-9]{1,3}$/.test(field.value.trim()) ? Number(field.value) : NaN));
  const show = (extra) => {
    svg.replaceChildren();
    for (const box of [...rows.map(boxOf), ...(extra ? [extra] : [])]) {
      if (box.some(Number.isNaN)) continue;
      const rect = document.createElementNS(NS, 'rect');
      ['x', 'y', 'width', 'height'].forEach((name, at) => rect.setAttribute(name, box[at]));
      svg.append(rect);
    }
  };
  const at = (event) => {
    const { left, top, width, height } = stage.getBoundingClientRect();
    return [((event.clientX - left) / width) * 100, ((event.clientY - top) / height) * 100].map((part) => Math.min(100, Math.max(0, part)));
  };
  // Outwards to whole per cent, so that an edge is never left showing.
  const between = (from, to) => {
    const [left, top] = [0, 1].map((side) => Math.floor(Math.min(from[side], to[side])));
    const [right, bottom] = [0, 1].map((side) => Math.ceil(Math.max(from[side], to[side])));
    return [left, top, right - left, bottom - top];
  };
  let from = null;
  stage.addEventListener('pointerdown', (event) => {
    if (!rows.some((row) => row.every((field) => !field.value))) return;
    from = at(event);
    stage.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  stage.addEventListener('pointermove', (event) => { if (from) show(between(from, at(event))); });
  stage.addEventListener('pointercancel', () => { from = null; show(); });
  stage.addEventListener('pointerup', (event) => {
    if (!from) return;
    const box = between(from, at(event));
    from = null;
    const free = rows.find((row) => row.every((field) => !field.value));
    if (box[2] > 1 && box[3] > 1) free.forEach((field, side) => { field.value = box[side]; });
    show();
  });
  form.addEventListener('input', () => show());
  show();
}
