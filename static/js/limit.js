// A field that holds so many signs and no more: how many are left when few are, and what did not fit when pasted.
const FEW = 0.85;

export function start(field) {
  const line = document.querySelector(`#${field.id}-limit`);
  const say = (words, n) => { line.textContent = words.replace('{n}', n).replace('{most}', field.maxLength); };
  let cut = 0;
  field.addEventListener('paste', (event) => {
    const pasted = (event.clipboardData?.getData('text') ?? '').replace(/\r\n/g, '\n');
    const kept = field.value.length - (field.selectionEnd - field.selectionStart);
    cut = kept + pasted.length - field.maxLength;
    if (cut > 0) say(line.dataset.cut, cut);
  });
  field.addEventListener('input', () => {
    if (cut > 0) { cut = 0; return; }
    const left = field.maxLength - field.value.length;
    if (left < field.maxLength * (1 - FEW)) say(line.dataset.left, left);
    else line.textContent = line.dataset.most;
  });
}
