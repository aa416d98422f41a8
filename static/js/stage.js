// The place where the map stands: as a full view on a phone, and with honest words when no map comes.
export function start(stage) {
  const show = document.querySelector('.show-map');
  let from = show;
  let read = 0;
  const full = (open) => {
    // The page behind is not laid out while the map is open, so where it was read is kept here.
    if (open) read = scrollY;
    stage.classList.toggle('full', open);
    document.body.classList.toggle('map-open', open);
    (open ? stage.querySelector('.back-to-list') : from)?.focus({ preventScroll: true });
    if (!open) scrollTo({ top: read, behavior: 'instant' });
  };
  const isFull = () => stage.classList.contains('full');
  // The open map is a step of its own, so that Back leads to the list.
  const enter = (origin) => { from = origin; if (!isFull()) history.pushState({ map: true }, ''); full(true); };
  const leave = () => (history.state?.map ? history.back() : full(false));
  show?.addEventListener('click', () => enter(show));
  document.addEventListener('karta:full', ({ detail }) => enter(detail));
  addEventListener('popstate', ({ state }) => { if (isFull() !== Boolean(state?.map)) full(Boolean(state?.map)); });
  stage.querySelector('.back-to-list').addEventListener('click', leave);
  stage.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && isFull() && stage.querySelector('.panel').hidden) leave();
  });
  const legend = stage.querySelector('.legend');
  let wasOpen = false;
  document.addEventListener('karta:shown', () => { wasOpen = wasOpen || legend.open; legend.open = false; });
  document.addEventListener('karta:closed', () => { legend.open = legend.open || wasOpen; wasOpen = false; });
  // Where there is little room the legend waits to be opened.
  if (matchMedia('(max-width: 61.9rem)').matches) legend.open = false;
  const failed = () => { stage.querySelector('.map-failed').hidden = Boolean(stage.querySelector('#karta')?.dataset.ready); };
  if (document.readyState === 'complete') failed();
  else addEventListener('load', failed);
}
