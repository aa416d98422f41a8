// A button that puts a text where it can be pasted from, and says that it did.
export function start(button) {
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.dataset.text);
    button.textContent = button.dataset.copied;
  });
}
