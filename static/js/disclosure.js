// A button that shows and hides what it controls.
export function start(button) {
  const target = document.getElementById(button.getAttribute('aria-controls'));
  button.addEventListener('click', () => {
    const open = target.classList.toggle('open');
    button.setAttribute('aria-expanded', open);
  });
}
