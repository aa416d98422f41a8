// Fills in where the visitor stands, when asked to; a position that is too vague to be of use is told and not taken.
const FARTHEST_METRES = 150;

export function start(box) {
  const { looking, found, vague, refused } = box.dataset;
  const state = box.querySelector('[data-locate-state]');
  const form = box.closest('form');
  box.querySelector('[data-locate]').addEventListener('click', () => {
    state.textContent = looking;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const metres = Math.round(coords.accuracy);
        state.textContent = (metres > FARTHEST_METRES ? vague : found).replace('{metres}', metres);
        if (metres <= FARTHEST_METRES) take(form, coords);
      },
      () => { state.textContent = refused; },
      { enableHighAccuracy: true, timeout: 15000 },
    );
  });
}

function take(form, { longitude, latitude }) {
  const coordinates = [longitude, latitude].map((degrees) => Number(degrees.toFixed(6)));
  field(form).value = JSON.stringify({ type: 'Point', coordinates });
  // Of what was said before, only the position counts.
  for (const name of ['plats', 'lista', 'namn']) if (form.elements[name]) form.elements[name].value = '';
  // A map to point on shows it.
  form.dispatchEvent(new Event('input'));
}

function field(form) {
  if (form.elements.geometry) return form.elements.geometry;
  const made = Object.assign(document.createElement('input'), { type: 'hidden', name: 'geometry' });
  form.append(made);
  return made;
}
