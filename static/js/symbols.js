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
export function ring(counts, colours, outer) {
  const parts = Object.entries(counts).filter(([, n]) => n > 0);
  const total = parts.reduce((sum, [, n]) => sum + n, 0);
  const inner = outer - (outer < 13 ? 3 : outer * 0.3);
  const svg = board(outer);
  svg.append(draw('circle', { r: outer + 2, fill: '#fff' }));
  let from = 0;
  for (const [layer, n] of parts) {
    const to = from + n / total;
    svg.append(draw('path', { d: arc(from, to, outer, inner), fill: colours[layer], stroke: INK, 'stroke-width': 1, 'fill-rule': 'evenodd' }));
    from = to;
  }
  svg.append(draw('circle', { r: outer, fill: 'none', stroke: INK, 'stroke-width': 2 }));
  svg.append(draw('circle', { r: inner, fill: '#fff', stroke: INK, 'stroke-width': 1 }));
  svg.append(number(total, inner * 0.88, INK));
  return svg;
}

// Accidents and what is safe have signs of their own beside a ring, since they are never added to it.
export function badge(layer, total, colour, outer) {
  const svg = board(outer);
  const shape = layer === 'strength' ? { d: heart(outer) } : { d: disc(outer) };
  svg.append(draw('path', { ...shape, fill: '#fff', stroke: '#fff', 'stroke-width': 5, 'stroke-linejoin': 'round' }));
  svg.append(draw('path', { ...shape, fill: colour, stroke: INK, 'stroke-width': 2, 'stroke-linejoin': 'round' }));
  svg.append(number(total, outer * 0.76, layer === 'strength' ? INK : '#fff'));
  return svg;
}

function board(outer) {
  const size = 2 * (outer + 3);
  return draw('svg', { viewBox: `${-size / 2} ${-size / 2} ${size} ${size}`, width: size, height: size, 'aria-hidden': 'true' });
}

function number(total, half, fill) {
  const text = draw('text', { 'font-size': fontSize(total, half), fill });
  text.textContent = short(total);
  return text;
}

function disc(r) {
  return `M0 ${-r}A${r} ${r} 0 1 1 -.01 ${-r}Z`;
}

function heart(r) {
  const [a, b, c, d] = [r * 1.12, r * 0.55, r * 0.3, r * 1.05];
  return `M0 ${d}C${-b} ${c * 2} ${-a} ${c} ${-a} ${-c}C${-a} ${-d} ${-b * 0.35} ${-d * 1.05} 0 ${-c * 1.6}C${b * 0.35} ${-d * 1.05} ${a} ${-d} ${a} ${-c}C${a} ${c} ${b} ${c * 2} 0 ${d}Z`;
}

export function ringRadius(total) {
  return Math.min(30, 12.5 + Math.sqrt(total) * 0.42);
}

// A mark is a Leaflet marker whose picture is an element of ours: its middle stands `shift` pixels from its position,
// `front` lifts it above others.
export function mark(position, element, name, { front = 0, shift = { x: 0, y: 0 } } = {}) {
  const [wide, high] = ['width', 'height'].map((side) => Number(element.getAttribute(side)));
  const holder = document.createElement('div');
  holder.className = 'leaflet-marker-icon mark';
  holder.style.width = `${wide}px`;
  holder.style.height = `${high}px`;
  holder.style.marginLeft = `${shift.x - wide / 2}px`;
  holder.style.marginTop = `${shift.y - high / 2}px`;
  holder.append(element);
  holder.setAttribute('aria-label', name);
  const Sign = L.Icon.extend({ createIcon: () => holder, createShadow: () => null });
  return L.marker(position, { icon: new Sign(), keyboard: false, title: name, zIndexOffset: front });
}

function fontSize(total, half) {
  return Math.min(14, (2 * half) / (short(total).length * 0.6)).toFixed(1);
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
