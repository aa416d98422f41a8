// Where the signs of the map stand, so that none covers another's number. Pure: points in, discs out, in pixels.
//
// What lies close together becomes one group. Complaints are never added to accidents, nor what is safe to what is not:
// each family of a group has a number of its own, the first as a ring in the middle, the others as signs at its edge.
import { ringRadius } from './symbols.js';

const FAMILIES = [['problem', 'traffic'], ['accident'], ['strength'], ['places', 'sites', 'measures']];
const BESIDE = [[0.71, 0.71], [-0.71, 0.71], [0.71, 0.71], [0.71, -0.71]];
const SINGLE = 13;
const MAY_OVERLAP = 12;
const ROUNDS = 24;

// Features with `lat`, `lon`, `counts` and, when single, `id`. `obstacles` are discs that stay where they are.
// Gives discs { x, y, r, part, main }: a part has family, counts, n, items, lat, lon.
export function layout(features, project, obstacles = []) {
  let groups = features.map((feature) => placed({ parts: parts(feature) }, project)).sort((a, b) => b.weight - a.weight);
  for (const allowed of [MAY_OVERLAP, 1, 1]) {
    groups = merged(groups, allowed, project);
    for (let round = 0; round < ROUNDS && pushed(groups, obstacles); round += 1);
  }
  return merged(groups, 1, project).flatMap((group) => discs(group).map((disc) => ({ ...disc, group })));
}

function parts(feature) {
  return FAMILIES.map((family, index) => {
    const counts = Object.fromEntries(Object.entries(feature.counts).filter(([layer, n]) => n && family.includes(layer)));
    const n = Object.values(counts).reduce((sum, one) => sum + one, 0);
    return n ? { family: index, counts, n, lat: feature.lat, lon: feature.lon, items: [feature] } : null;
  });
}

function placed(group, project) {
  const main = group.parts.find(Boolean);
  const { x, y } = project(main);
  return { ...group, x, y, home: { x, y }, main, weight: group.parts.reduce((sum, part) => sum + (part?.n || 0), 0) };
}

export function radius({ n }) {
  return n === 1 ? SINGLE : ringRadius(n);
}

export function badgeRadius({ n }) {
  return n === 1 ? SINGLE : 8.5 + String(n).length * 1.9;
}

// The discs of a group: the ring in the middle and its signs, which may lie on the ring's coloured edge only.
export function discs(group) {
  const { x, y, main } = group;
  const inner = radius(main);
  // A pin points at its place from above.
  const up = pin(main) ? SINGLE + 3 : 0;
  return group.parts.filter(Boolean).map((part) => {
    if (part === main) return { x, y: y - up, r: inner, part, main: true };
    const r = badgeRadius(part);
    const away = inner + r * (main.n === 1 || part.n === 1 ? 1 : 0.6);
    const [over, down] = BESIDE[part.family];
    return { x: x + over * away, y: y - up + down * away, r, part, main: false };
  });
}

export function pin({ n, counts }) {
  return n === 1 && Boolean(counts.places);
}

// What a group takes: its discs, and the points of its pins.
function solid(group) {
  return discs(group).flatMap((disc) => (pin(disc.part) ? [disc, { x: disc.x, y: disc.y + SINGLE, r: 4 }] : [disc]));
}

function overlap(a, b) {
  if (Math.abs(a.x - b.x) > 120 || Math.abs(a.y - b.y) > 120) return -1;
  let most = -1;
  for (const one of solid(a)) for (const other of solid(b)) most = Math.max(most, one.r + other.r - Math.hypot(one.x - other.x, one.y - other.y));
  return most;
}

function merged(groups, allowed, project) {
  const found = [...groups];
  for (let at = 0; at < found.length; at += 1) {
    for (let other = found.length - 1; other > at; other -= 1) {
      if (overlap(found[at], found[other]) <= allowed) continue;
      found[at] = placed({ parts: found[at].parts.map((part, index) => sum(part, found[other].parts[index])) }, project);
      found.splice(other, 1);
      other = found.length;
    }
  }
  return found.length === groups.length ? found : merged(found, allowed, project);
}

function sum(a, b) {
  if (!a || !b) return a || b;
  const counts = { ...a.counts };
  for (const [layer, n] of Object.entries(b.counts)) counts[layer] = (counts[layer] || 0) + n;
  const n = a.n + b.n;
  const middle = (name) => (a[name] * a.n + b[name] * b.n) / n;
  return { family: a.family, counts, n, lat: middle('lat'), lon: middle('lon'), items: [...a.items, ...b.items] };
}

// Pushes apart what touches, the small more than the large, and says whether anything had to move.
function pushed(groups, obstacles) {
  let moved = false;
  groups.forEach((group, at) => {
    for (const other of groups.slice(at + 1)) {
      const deep = overlap(group, other);
      if (deep > 0.5) moved = apart(group, other, deep, group.main.n ** 0.5, other.main.n ** 0.5) || moved;
    }
    for (const fixed of obstacles) {
      const deep = Math.max(...solid(group).map((one) => one.r + fixed.r - Math.hypot(one.x - fixed.x, one.y - fixed.y)));
      if (deep > 0.5) moved = apart(fixed, group, deep, Infinity, 1) || moved;
    }
  });
  return moved;
}

function apart(a, b, deep, heavyA, heavyB) {
  const long = Math.hypot(b.x - a.x, b.y - a.y);
  const [over, down] = long > 0.5 ? [(b.x - a.x) / long, (b.y - a.y) / long] : [0.71, -0.71];
  const share = heavyA === Infinity ? 0 : heavyB / (heavyA + heavyB);
  a.x -= over * deep * share;
  a.y -= down * deep * share;
  b.x += over * deep * (1 - share);
  b.y += down * deep * (1 - share);
  return true;
}
