// Does a tool's ordinary work with @elastic/elasticsearch at every host at once, and tells what it
// saw at each as one line of JSON. Called with the module's URL and the hosts'.
const [module, ...hosts] = process.argv.slice(2);
const { Client, errors } = (await import(module)).default;

const range = (from, to, step = 1) =>
  Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => from + i * step);
const refusal = (promise) =>
  promise.then(
    () => 'taken',
    (error) => {
      if (!(error instanceof errors.ResponseError)) throw error;
      return [error.statusCode, error.body.error?.type ?? error.body.result ?? error.body.found];
    },
  );

async function work(node) {
  const client = new Client({ node, maxRetries: 0 });
  const seen = {};
  seen.ping = await client.ping();
  seen.tagline = (await client.info()).tagline;
  await indices(client, seen);
  await bulk(client, seen);
  await searches(client, seen);
  await documents(client, seen);
  seen.refused = await Promise.all([
    refusal(client.search({ index: 'none' })),
    refusal(client.get({ index: 'logs', id: 'none' })),
    refusal(client.delete({ index: 'logs', id: 'none' })),
    refusal(client.create({ index: 'logs', id: '100', document: { n: 1 } })),
    refusal(client.indices.create({ index: 'logs' })),
    refusal(client.search({ index: 'logs', query: { foo: {} } })),
  ]);
  seen.ignored = (await client.get({ index: 'logs', id: 'none' }, { ignore: [404] })).found;
  seen.deleted = (await client.indices.delete({ index: 'logs' })).acknowledged;
  await client.close();
  return seen;
}

async function indices(client, seen) {
  const exists = () => client.indices.exists({ index: 'logs' });
  const before = await exists();
  const properties = { n: { type: 'long' }, level: { type: 'keyword' } };
  await client.indices.create({ index: 'logs', mappings: { properties }, aliases: { all: {} } });
  seen.exists = [before, await exists()];
  const filter = { term: { level: 'warn' } };
  await client.indices.putAlias({ index: 'logs', name: 'warnings', filter });
  await client.indices.updateAliases({ actions: [{ remove: { index: 'logs', alias: 'all' } }] });
  seen.aliases = await client.indices.getAlias({ index: 'logs' });
  seen.alias = await client.indices.existsAlias({ name: 'all' });
}

async function bulk(client, seen) {
  const row = (n) => ({ id: String(n), n, level: n % 5 ? 'info' : 'warn' });
  const { total, successful, failed } = await client.helpers.bulk({
    datasource: range(0, 250).map(row),
    onDocument: ({ id }) => ({ index: { _index: 'logs', _id: id } }),
    flushBytes: 2000,
    refreshOnCompletion: true,
  });
  seen.bulk = [total, successful, failed];
  const dropped = [];
  await client.helpers.bulk({
    datasource: [
      { action: 'create', id: '1', n: 1 },
      { action: 'update', id: 'none', n: 1 },
      { action: 'index', id: '2', n: 'two' },
      { action: 'delete', id: '249' },
    ],
    onDocument({ action, id, n }) {
      const line = { [action]: { _index: 'logs', _id: id } };
      return action === 'update' ? [line, { doc: { n } }] : line;
    },
    refreshOnCompletion: true,
    onDrop: ({ status, error }) => dropped.push([status, error.type]),
  });
  seen.dropped = dropped;
}

async function searches(client, seen) {
  const { aggregations } = await client.search({
    index: 'logs',
    size: 0,
    aggs: { levels: { terms: { field: 'level' }, aggs: { top: { max: { field: 'n' } } } } },
  });
  seen.levels = aggregations.levels.buckets.map((row) => [row.key, row.doc_count, row.top.value]);

  const pages = [];
  for await (const { body, documents } of client.helpers.scrollSearch({ index: 'logs', size: 100 }))
    pages.push([body.hits.total.value, documents.length]);
  seen.pages = pages;
  const scrolled = [];
  const warnings = { index: 'warnings', size: 20, sort: 'n' };
  for await (const document of client.helpers.scrollDocuments(warnings)) scrolled.push(document.n);
  seen.scrolled = scrolled.join() === range(0, 249, 5).join();
  const few = { index: 'logs', query: { range: { n: { lt: 2 } } }, sort: 'n' };
  seen.sources = await client.helpers.search(few);

  const opened = await client.openPointInTime({ index: 'logs', keep_alive: '1m' });
  await client.delete({ index: 'logs', id: '248', refresh: true });
  const found = [];
  let id = opened.id;
  for (let after; ; ) {
    const pit = { id, keep_alive: '1m' };
    const page = await client.search({ pit, sort: [{ n: 'desc' }], size: 100, search_after: after });
    const { hits } = page.hits;
    if (!hits.length) break;
    found.push(...hits.map((hit) => hit._source.n));
    after = hits.at(-1).sort;
    id = page.pit_id;
  }
  seen.frozen = found.join() === range(0, 249).reverse().join();
  seen.closed = (await client.closePointInTime({ id })).num_freed;

  const many = client.helpers.msearch({ flushInterval: 10 });
  const counts = ['info', 'warn'].map((level) =>
    many.search({ index: 'logs' }, { size: 0, query: { term: { level } } }),
  );
  const wrong = refusal(many.search({ index: 'none' }, { query: { match_all: {} } }));
  seen.counts = (await Promise.all(counts)).map(({ body }) => body.hits.total.value);
  seen.wrong = await wrong;
  many.stop();
}

async function documents(client, seen) {
  const made = await client.index({ index: 'notes', document: { text: 'disk full' } });
  const document = { index: 'notes', id: made._id };
  const updated = await client.update({ ...document, doc: { seen: true } });
  seen.updated = [updated.result, updated._version, (await client.get(document))._source];
  const script = { source: 'ctx._source.n += params.by', params: { by: 10 } };
  const few = { range: { n: { lt: 10 } } };
  const changed = await client.updateByQuery({ index: 'logs', query: few, script, refresh: true });
  const below = { range: { n: { lt: 20 } } };
  const gone = await client.deleteByQuery({ index: 'logs', query: below, refresh: true });
  const { count } = await client.count({ index: 'logs' });
  seen.queries = [changed.updated, gone.deleted, count];
}

console.log(JSON.stringify(await Promise.all(hosts.map(work))));
