// Draws the signs of the map. Everything is built as elements; no text is ever read as HTML.
const SVG = 'http://www.w3.org/2000/svg';
const INK = '#101820';

export function draw(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

export function symbol(address, size = 30) {
  return draw('svg', { viewBox: '0 0 32 32', width: size, height: size, 'aria-hidden': 'true' }, draw('use', { href: address }));
}

// A ring whose arcs are the layers' shares, with the number of rows in the middle; its area follows the number.
export function ring(counts, colours) {
  const parts = Object.entries(counts).filter(([, n]) => n > 0);
  const total = parts.reduce((sum, [, n]) => sum + n, 0);
  const outer = ringRadius(total);
  const inner = outer - Math.max(5, outer * 0.3);
  const size = 2 * (outer + 3);
  const svg = draw('svg', { viewBox: `${-size / 2} ${-size / 2} ${size} ${size}`, width: size, height: size, 'aria-hidden': 'true' });
  svg.append(draw('circle', { r: outer + 2, fill: '#fff' }));
  let from = 0;
  for (const [layer, n] of parts) {
    const to = from + n / total;
    svg.append(draw('path', { d: arc(from, to, outer, inner), fill: colours[layer], stroke: INK, 'stroke-width': 1, 'fill-rule': 'evenodd' }));
    from = to;
  }
  svg.append(draw('circle', { r: outer, fill: 'none', stroke: INK, 'stroke-width': 2 }));
  svg.append(draw('circle', { r: inner, fill: '#fff', stroke: INK, 'stroke-width': 1 }));
  const text = draw('text', { 'font-size': fontSize(total, inner) });
  text.textContent = short(total);
  svg.append(text);
  return { svg, size };
}

export function ringRadius(total) {
  return Math.min(27, 12.5 + Math.sqrt(total) * 0.42);
}

// A mark is a Leaflet marker whose picture is an element of ours; `foot` says how far down its place is, `front` lifts it
// above others, `shift` moves it some pixels.
export function mark(position, element, size, name, { foot = 0.5, front = 0, shift = { x: 0, y: 0 } } = {}) {
  const holder = document.createElement('div');
  holder.className = 'leaflet-marker-icon mark';
  holder.style.width = holder.style.height = `${size}px`;
  holder.style.marginLeft = `${shift.x - size / 2}px`;
  holder.style.marginTop = `${shift.y - size * foot}px`;
  holder.append(element);
  holder.setAttribute('aria-label', name);
  const Sign = L.Icon.extend({ createIcon: () => holder, createShadow: () => null });
  return L.marker(position, { icon: new Sign(), keyboard: false, title: name, zIndexOffset: front });
}

function fontSize(total, inner) {
  return Math.min(14, (2 * inner * 0.88) / (short(total).length * 0.6)).toFixed(1);
}

function short(total) {
  const style = total < 100000 ? {} : { notation: 'compact' };
  return new Intl.NumberFormat(document.documentElement.lang || 'sv', style).format(total);
}

function arc(from, to, outer, inner) {
  if (to - from > 0.9999) return `M0 ${-outer}A${outer} ${outer} 0 1 1 -.01 ${-outer}ZM0 ${-inner}A${inner} ${inner} 0 1 0 .01 ${-inner}Z`;
  const large = to - from > 0.5 ? 1 : 0;
  const [a, b, c, d] = [at(from, outer), at(to, outer), at(to, inner), at(from, inner)];
  return `M${a}A${outer} ${outer} 0 ${large} 1 ${b}L${c}A${inner} ${inner} 0 ${large} 0 ${d}Z`;
}

function at(share, radius) {
  const angle = 2 * Math.PI * share - Math.PI / 2;
  return `${(radius * Math.cos(angle)).toFixed(2)} ${(radius * Math.sin(angle)).toFixed(2)}`;
}
