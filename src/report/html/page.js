'use strict';
const search = document.getElementById('search');
const shown = document.getElementById('shown');
const body = document.querySelector('#findings tbody');
const rows = Array.from(body.rows, row => ({ row, text: row.textContent.toLowerCase() }));

function filter() {
  const words = search.value.toLowerCase().split(/\s+/);
  let count = 0;
  for (const { row, text } of rows) {
    row.hidden = !words.every(word => text.includes(word));
    count += !row.hidden;
  }
  shown.textContent = `${count} of ${rows.length} shown`;
}

// What stands behind `#` is the search, so that links and bookmarks can hold one.
function follow() {
  try {
    search.value = decodeURIComponent(location.hash.slice(1));
  } catch {
    search.value = '';
  }
  filter();
}

function key(row, column) {
  const cell = row.cells[column];
  return cell.dataset.key ?? cell.textContent;
}

function sort(head, column) {
  const down = head.ariaSort === 'ascending';
  for (const other of head.parentNode.cells) other.ariaSort = null;
  head.ariaSort = down ? 'descending' : 'ascending';
  const order = new Intl.Collator('en', { numeric: true });
  const sorted = rows.map(({ row }) => row).sort((a, b) => order.compare(key(a, column), key(b, column)));
  body.append(...(down ? sorted.reverse() : sorted));
}

document.querySelectorAll('#findings th').forEach((head, column) => {
  const button = document.createElement('button');
  button.append(...head.childNodes);
  button.addEventListener('click', () => sort(head, column));
  head.append(button);
});
search.addEventListener('input', filter);
window.addEventListener('hashchange', follow);
document.getElementById('filter').hidden = false;
follow();
