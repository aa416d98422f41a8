// Many things of one kind are one stop of the Tab key; the arrow keys go from one to the next.
// `things` gives what is there now; `inside` is said when a thing (a row) holds its controls instead of being one.
// Gives a function to call when the things have changed.
export function roving(box, things, { inside = null, line = false } = {}) {
  const controls = (thing) => (inside ? [...thing.querySelectorAll(inside)] : [thing]);
  let held = null;
  const hold = (thing) => {
    held = thing;
    for (const other of things()) for (const control of controls(other)) control.tabIndex = other === thing ? 0 : -1;
  };
  const settle = () => { const all = things(); if (all.length) hold(all.includes(held) ? held : all[0]); };
  box.addEventListener('focusin', ({ target }) => {
    const thing = things().find((one) => one.contains(target));
    if (thing) hold(thing);
  });
  box.addEventListener('keydown', (event) => {
    const all = things();
    const now = all.findIndex((one) => one.contains(event.target));
    if (now < 0 || event.ctrlKey || event.metaKey || event.altKey || event.target.matches('input:not([type="checkbox"])')) return;
    const next = line ? inLine(event.key, all, now) : towards(event.key, all, now);
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    hold(next);
    controls(next)[0].focus();
  });
  settle();
  return settle;
}

function inLine(key, all, now) {
  const steps = { ArrowDown: now + 1, ArrowRight: now + 1, ArrowUp: now - 1, ArrowLeft: now - 1, Home: 0, End: all.length - 1 };
  return key in steps ? all[steps[key]] : undefined;
}

// The nearest one in the direction of the arrow.
function towards(key, all, now) {
  const way = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
  if (!way) return undefined;
  const middle = (one) => { const { left, top, width, height } = one.getBoundingClientRect(); return [left + width / 2, top + height / 2]; };
  const [x, y] = middle(all[now]);
  let best = null;
  for (const one of all) {
    const [over, down] = [middle(one)[0] - x, middle(one)[1] - y];
    const ahead = over * way[0] + down * way[1];
    const aside = Math.abs(over * way[1] - down * way[0]);
    const far = ahead + 2 * aside;
    if (ahead > 1 && (!best || far < best.far)) best = { one, far };
  }
  return best?.one;
}
