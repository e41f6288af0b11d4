// Does a tool's ordinary work with jira.js, and tells what it saw as one line of JSON.
// Called with the module's URL and the site's; an answer that is not as the client's schemas have
// it ends the run.
const [module, host] = process.argv.slice(2);
const { createCloudClient } = await import(module);
const jira = createCloudClient({
  host,
  auth: { type: 'basic', email: 'ann@example.com', apiToken: 'secret' },
  retry: { maxAttempts: 1 },
  onSchemaMismatch: 'throw',
});

const text = (document) =>
  document.content.flatMap((block) => block.content.map((part) => part.text)).join('\n');
const seen = {};

const info = await jira.serverInfo.getServerInfo();
const me = await jira.myself.getCurrentUser();
seen.user = me.displayName;
seen.host = info.baseUrl === host;
const project = await jira.projects.getProject({ projectIdOrKey: 'CK' });
const { values } = await jira.projects.searchProjects({ query: 'CK' });
seen.projects = [project.key, ...values.map((row) => row.key)];
const types = await jira.issues.getCreateIssueMetaIssueTypes({ projectIdOrKey: 'CK' });
seen.types = types.issueTypes.slice(0, 2).map((row) => row.name);
const meta = await jira.issues.getCreateIssueMetaIssueTypeId({
  projectIdOrKey: 'CK',
  issueTypeId: types.issueTypes[1].id,
});
seen.fields = meta.fields.slice(0, 2).map((row) => row.fieldId);

const create = (fields) =>
  jira.issues.createIssue({
    fields: { project: { key: 'CK' }, issuetype: { name: 'Task' }, ...fields },
  });
const made = await create({ summary: 'Disk full', description: '94 %', labels: ['disk'] });
const other = await create({ summary: 'Fan broken' });
const issueIdOrKey = made.key;
const read = await jira.issues.getIssue({ issueIdOrKey });
seen.issue = [read.fields.summary, text(read.fields.description), read.fields.labels];
await jira.issues.editIssue({ issueIdOrKey, fields: { summary: 'Disk is full' } });
await jira.issues.assignIssue({ issueIdOrKey, accountId: me.accountId });
const comment = await jira.issueComments.addComment({ issueIdOrKey, body: 'deleted logs' });
seen.comment = text(comment.body);
const { transitions } = await jira.issues.getTransitions({ issueIdOrKey });
const done = transitions.find((row) => row.name === 'Done');
await jira.issues.doTransition({ issueIdOrKey, transition: { id: done.id } });
await jira.issueLinks.linkIssues({
  type: { name: 'Blocks' },
  inwardIssue: { key: made.key },
  outwardIssue: { key: other.key },
});
await jira.issueWorklogs.addWorklog({ issueIdOrKey, timeSpentSeconds: 3600 });
await jira.issueAttachments.addAttachment({
  issueIdOrKey,
  attachments: [{ filename: 'df.txt', content: Buffer.from('94 %') }],
});
await jira.issueVotes.getVotes({ issueIdOrKey });
seen.watchers = (await jira.issueWatchers.getIssueWatchers({ issueIdOrKey })).watchCount;

const found = await jira.issueSearch.searchAndReconsileIssuesUsingJql({
  jql: 'project = CK AND labels = disk AND status = Done',
  fields: ['summary', 'assignee', 'issuelinks', 'attachment', 'timespent'],
});
seen.found = found.issues.map(({ fields }) => [
  fields.summary,
  fields.assignee.displayName,
  fields.issuelinks.length,
  fields.attachment[0].filename,
  fields.timespent,
]);
seen.count = (await jira.issueSearch.countIssues({ jql: 'project = CK' })).count;
const { values: histories } = await jira.issues.getChangeLogs({ issueIdOrKey });
seen.changed = histories.flatMap((row) => row.items.map((item) => item.field));
await jira.issues.deleteIssue({ issueIdOrKey });
seen.gone = await jira.issues.getIssue({ issueIdOrKey }).catch((error) => error.name);
seen.refused = await create({}).catch((error) => error.status);
console.log(JSON.stringify(seen));
