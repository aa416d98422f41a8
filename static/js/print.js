// Opens the browser's print window. The map on paper is a picture of its own, read when somebody is about to print.
export function start(button) {
  const picture = document.querySelector('.print-map');
  const read = () => { if (picture) picture.loading = 'eager'; };
  addEventListener('beforeprint', read);
  // The browser's own key for printing begins with one of these, and the picture then has a moment to come.
  addEventListener('keydown', ({ key }) => { if (['Control', 'Meta'].includes(key)) read(); });
  button.addEventListener('click', async () => {
    read();
    // Words without a map are better on paper than nothing.
    await picture?.decode().catch(() => {});
    print();
  });
}
