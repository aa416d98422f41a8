// Says at once that a file is too large, and that a large one takes its time. The server says both without it.
export function start(form) {
  const file = form.querySelector('input[type="file"]');
  const tooLarge = form.querySelector('[data-too-large]');
  const wait = form.querySelector('[data-wait]');

  const fits = () => {
    const large = Boolean(file?.files[0]) && file.files[0].size > Number(tooLarge.dataset.tooLarge);
    if (tooLarge) tooLarge.hidden = !large;
    return !large;
  };

  file?.addEventListener('change', fits);
  form.addEventListener('submit', (event) => {
    if (!fits()) {
      event.preventDefault();
      file.focus();
      return;
    }
    setTimeout(() => { wait.hidden = false; }, 1000);
  });
  // A page that the Back button brings again has nothing to wait for.
  addEventListener('pageshow', () => { wait.hidden = true; });
}
