// The place where the map stands: as a full view on a phone, and with honest words when no map comes.
export function start(stage) {
  const show = document.querySelector('.show-map');
  let from = show;
  const full = (open) => {
    stage.classList.toggle('full', open);
    document.body.classList.toggle('map-open', open);
    (open ? stage.querySelector('.back-to-list') : from)?.focus();
  };
  show?.addEventListener('click', () => { from = show; full(true); });
  document.addEventListener('karta:full', ({ detail }) => { from = detail; full(true); });
  stage.querySelector('.back-to-list').addEventListener('click', () => full(false));
  stage.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && stage.classList.contains('full') && stage.querySelector('.panel').hidden) full(false);
  });
  const failed = () => { stage.querySelector('.map-failed').hidden = Boolean(stage.querySelector('#karta')?.dataset.ready); };
  if (document.readyState === 'complete') failed();
  else addEventListener('load', failed);
}
