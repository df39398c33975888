'use strict';
(() => {
  const PAGE = 50;
  const VERDICTS = ['compatible', 'conditional', 'unknown', 'incompatible'];
  const MARKS = ['M4.5 8.3l2.4 2.4 4.6-5', 'M8 4v4.8M8 11.4v.4',
    'M6 6.3a2 2 0 1 1 2.9 1.8c-.6.3-.9.7-.9 1.3M8 11.6v.4', 'M5.2 5.2l5.6 5.6M10.8 5.2l-5.6 5.6'];
  const data = JSON.parse(document.getElementById('data').textContent);
  const text = (number) => data.texts[number];
  // The order is that of the rows' maker.
  const packages = data.rows.map((row, at) => ({
    at, name: row[0], version: row[1], ecosystem: text(row[2]), license: text(row[3]), verdict: row[4],
    direct: (row[5] & 1) !== 0, project: (row[5] & 2) !== 0, linkage: text(row[6]), reason: text(row[7]),
    path: row[8], more: row[9],
  }));
  const label = (one) => one.version ? one.name + ' ' + one.version : one.name;
  const byId = (id) => document.getElementById(id);
  const element = (tag, className, content) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (content !== undefined) made.textContent = content;
    return made;
  };
  const verdict = (number) => {
    const span = element('span', 'verdict ' + VERDICTS[number]);
    const space = 'http://www.w3.org/2000/svg';
    const svg = document.createElementNS(space, 'svg');
    svg.setAttribute('class', 'mark ' + VERDICTS[number]);
    svg.setAttribute('viewBox', '0 0 16 16');
    svg.setAttribute('aria-hidden', 'true');
    const circle = document.createElementNS(space, 'circle');
    for (const [name, value] of [['cx', 8], ['cy', 8], ['r', 8]]) circle.setAttribute(name, value);
    const path = document.createElementNS(space, 'path');
    path.setAttribute('d', MARKS[number]);
    svg.append(circle, path);
    span.append(svg, VERDICTS[number]);
    return span;
  };
  const step = (one) => typeof one === 'number' ? label(packages[one]) : one;

  const state = { sort: 'verdict', down: true, page: 0, shown: [], all: false };
  const order = {
    name: (one) => one.name.toLowerCase(), license: (one) => one.license.toLowerCase(),
    verdict: (one) => one.verdict, depth: (one) => one.path.length,
  };
  for (const one of packages) one.text = (label(one) + ' ' + one.license + ' ' + one.reason).toLowerCase();

  function select() {
    const words = byId('filter-text').value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = byId('filter-verdict').value;
    const license = byId('filter-license').value;
    const key = order[state.sort];
    state.shown = packages.filter((one) => !one.project
      && (wanted === '' || one.verdict === Number(wanted))
      && (license === '' || one.license === license)
      && words.every((word) => one.text.includes(word)));
    const sign = state.down ? -1 : 1;
    state.shown.sort((left, right) => {
      const a = key(left), b = key(right);
      return a < b ? -sign : a > b ? sign : left.at - right.at;
    });
    state.page = 0;
    draw();
  }

  function draw() {
    const total = state.shown.length;
    const pages = Math.max(1, Math.ceil(total / PAGE));
    const visible = state.all ? state.shown : state.shown.slice(state.page * PAGE, (state.page + 1) * PAGE);
    const rows = visible.map((one) => {
      const row = element('tr');
      const name = element('td');
      const button = element('button', '', one.name);
      button.type = 'button';
      button.dataset.package = one.at;
      name.append(button);
      if (one.version) name.append(' ', element('span', 'quiet', one.version));
      const license = element('td');
      license.append(element('span', 'license-name', one.license));
      const answer = element('td');
      answer.append(verdict(one.verdict));
      const way = one.path.slice(1, -1).map(step).join(' → ');
      row.append(name, license, answer, element('td', 'quiet', one.direct ? 'direct' : way || '–'));
      return row;
    });
    document.querySelector('#table tbody').replaceChildren(...rows);
    byId('count').textContent = total.toLocaleString('en') + ' of '
      + packages.filter((one) => !one.project).length.toLocaleString('en') + ' packages';
    byId('pages').textContent = 'Page ' + (state.page + 1) + ' of ' + pages;
    byId('previous').disabled = state.page === 0;
    byId('next').disabled = state.page + 1 >= pages;
    document.querySelector('.pager').hidden = pages === 1;
  }

  function fact(list, name, content) {
    const place = element('div');
    const value = element('dd');
    value.append(content);
    place.append(element('dt', '', name), value);
    list.append(place);
  }

  function links(list, name, ends) {
    if (ends.length === 0) return;
    const place = element('span', 'links');
    for (const end of ends.slice(0, 40)) {
      const button = element('button', 'text', label(packages[end]));
      button.type = 'button';
      button.dataset.package = end;
      place.append(button);
    }
    if (ends.length > 40) place.append(element('span', 'quiet', 'and ' + (ends.length - 40) + ' more'));
    fact(list, name, place);
  }

  function open(at) {
    const one = packages[at];
    byId('details-title').textContent = label(one);
    const list = element('dl', 'facts');
    fact(list, 'Verdict', verdict(one.verdict));
    fact(list, 'Why', one.reason);
    fact(list, 'License', element('code', '', one.license));
    if (one.path.length > 1) fact(list, 'Path', one.path.map(step).join(' → '));
    fact(list, 'Joined', one.linkage + ', ' + one.ecosystem);
    for (const [name, number] of Object.entries(one.more)) fact(list, name, text(number));
    links(list, 'Uses', data.edges.filter((edge) => edge[0] === at).map((edge) => edge[1]));
    links(list, 'Used by', data.edges.filter((edge) => edge[1] === at).map((edge) => edge[0]));
    byId('details-body').replaceChildren(list);
    const dialog = byId('details');
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
  }

  function options(id, entries) {
    for (const [value, shown] of entries) {
      const option = element('option', '', shown);
      option.value = value;
      byId(id).append(option);
    }
  }
  const others = packages.filter((one) => !one.project);
  const count = (key) => {
    const counts = new Map();
    for (const one of others) counts.set(one[key], (counts.get(one[key]) || 0) + 1);
    return [...counts];
  };
  options('filter-verdict', count('verdict').sort((a, b) => b[0] - a[0])
    .map(([value, n]) => [value, VERDICTS[value] + ' (' + n + ')']));
  options('filter-license', count('license').sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .map(([value, n]) => [value, value + ' (' + n + ')']));

  byId('filters').addEventListener('input', select);
  byId('filters').addEventListener('submit', (event) => event.preventDefault());
  byId('filters').addEventListener('reset', () => setTimeout(select));
  byId('previous').addEventListener('click', () => { state.page -= 1; draw(); });
  byId('next').addEventListener('click', () => { state.page += 1; draw(); });
  byId('close').addEventListener('click', () => byId('details').close());
  byId('details').addEventListener('click', (event) => {
    if (event.target === byId('details')) byId('details').close();
  });
  document.querySelector('#table thead').addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (!button) return;
    const same = state.sort === button.dataset.sort;
    state.down = same ? !state.down : button.dataset.sort === 'verdict';
    state.sort = button.dataset.sort;
    for (const head of document.querySelectorAll('#table th')) head.setAttribute('aria-sort', 'none');
    button.parentElement.setAttribute('aria-sort', state.down ? 'descending' : 'ascending');
    select();
  });
  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-package]');
    if (button) open(Number(button.dataset.package));
  });
  for (const name of document.querySelectorAll('.matrix .license-name')) {
    const button = element('button', 'text license-name', name.textContent);
    button.type = 'button';
    button.addEventListener('click', () => {
      byId('filters').reset();
      byId('filter-license').value = name.textContent;
      setTimeout(() => { byId('filter-license').value = button.textContent; select(); });
      byId('packages').scrollIntoView();
    });
    name.replaceWith(button);
  }
  addEventListener('beforeprint', () => { state.all = true; draw(); });
  addEventListener('afterprint', () => { state.all = false; draw(); });
  for (const place of document.querySelectorAll('.scripted')) place.hidden = false;
  byId('table-place').hidden = false;
  select();
})();
