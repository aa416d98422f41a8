// Starts the behaviours that the page asks for: <form data-module="filter"> runs start(form) of ./filter.js.
for (const tag of document.querySelectorAll('[data-module]')) {
  for (const name of tag.dataset.module.split(' ')) {
    import(`./${name}.js`).then((module) => module.start(tag));
  }
}
