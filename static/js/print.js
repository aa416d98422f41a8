// Opens the browser's print window.
export function start(button) {
  button.addEventListener('click', () => print());
}
