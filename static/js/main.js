// Starts the behaviours that the page asks for: <form data-module="filter"> runs start(form) of ./filter.js.
import * as copy from './copy.js';
import * as cover from './cover.js';
import * as deliveries from './deliveries.js';
import * as disclosure from './disclosure.js';
import * as draft from './draft.js';
import * as filter from './filter.js';
import * as limit from './limit.js';
import * as locate from './locate.js';
import * as matrix from './matrix.js';
import * as meeting from './meeting.js';
import * as panel from './panel.js';
import * as print from './print.js';
import * as rows from './rows.js';
import * as said from './said.js';
import * as search from './search.js';
import * as shortcut from './shortcut.js';
import * as stage from './stage.js';
import * as toolbar from './toolbar.js';
import * as walk from './walk.js';

const modules = { copy, cover, deliveries, disclosure, draft, filter, limit, locate, matrix, meeting, panel, print, rows, said, search, shortcut, stage, toolbar, walk };
for (const tag of document.querySelectorAll('[data-module]')) {
  // Each on its own, so that one that fails takes no other with it.
  for (const name of tag.dataset.module.split(' ')) queueMicrotask(() => modules[name].start(tag));
}
