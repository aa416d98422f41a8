// What was done is said once: a page that is loaded anew or passed on says it no more.
export function start() {
  const address = new URL(location.href);
  address.searchParams.delete('klart');
  history.replaceState(history.state, '', address);
}
