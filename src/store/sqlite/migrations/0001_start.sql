-- Times are epoch milliseconds in columns named …_at; 0 means "at once" where a column says so. Platform ids are text.

create table meta (
  key text primary key,
  value text not null
) strict, without rowid;

-- A page or a bot. The token is sealed; null until one is known.
create table account (
  id integer primary key,
  channel text not null check (channel in ('messenger', 'telegram')),
  external_id text not null,
  name text not null default '',
  state text not null default 'active' check (state in ('active', 'paused', 'auth_failed')),
  state_reason text,
  app_id text,
  sealed_token text,
  -- No delivery before this time: the platform asked for patience.
  paused_until_at integer not null default 0,
  -- The circuit breaker as JSON; null is closed without a failure.
  breaker text,
  created_at integer not null,
  unique (channel, external_id)
) strict;

-- The human being behind one or more contacts.
create table person (
  id integer primary key,
  created_at integer not null
) strict;

-- A person as one account knows them.
create table contact (
  id integer primary key,
  account_id integer not null references account (id),
  person_id integer not null references person (id),
  external_id text not null,
  name text,
  created_at integer not null,
  unique (account_id, external_id)
) strict;

-- One contact with one account.
create table conversation (
  id integer primary key,
  contact_id integer not null unique references contact (id),
  account_id integer not null references account (id),
  state text not null default 'bot' check (state in ('bot', 'human', 'blocked')),
  -- While `human`: when the bot may speak again.
  human_until_at integer,
  -- The answered turn whose announced attachment has not come, what it announced and when, and when it was answered.
  awaits_turn_id integer,
  awaits text check (awaits in ('image', 'file')),
  awaits_since_at integer not null default 0,
  answered_at integer not null default 0,
  -- When its latest turns were claimed, as JSON array, and when the person was last told to slow down (M4).
  recent_turns text not null default '[]',
  slowed_at integer not null default 0,
  -- When its newest answered turn had stopped gathering.
  closed_at integer not null default 0,
  -- When its newest turn began or its newest reply was made; written once a turn, not once a message.
  last_at integer not null,
  created_at integer not null
) strict;

create index conversation_recent on conversation (last_at desc, id desc);

-- The updates that get one answer.
create table turn (
  id integer primary key,
  conversation_id integer not null references conversation (id),
  state text not null check (state in ('gathering', 'ready', 'running', 'parked', 'committed', 'cancelled', 'dead')),
  kind text not null check (kind in ('talk', 'tap')),
  first_at integer not null,
  due_at integer not null,
  not_before_at integer not null default 0,
  hold text check (hold in ('rate', 'agent')),
  parts integer not null check (parts > 0),
  has_text integer not null check (has_text in (0, 1)),
  has_attachment integer not null check (has_attachment in (0, 1)),
  announces text not null default 'nothing' check (announces in ('image', 'file', 'nothing')),
  announced_at integer not null default 0,
  closed_at integer not null default 0,
  -- The earlier turn whose announced attachment this one brings.
  amends_turn_id integer references turn (id),
  reason text not null,
  fence integer not null default 0,
  claims integer not null default 0,
  reruns integer not null default 0,
  failures integer not null default 0,
  apologised integer not null default 0 check (apologised in (0, 1)),
  -- Its updates lie between these two in the inbox, among those of later turns that overlap.
  first_update_id integer not null,
  last_update_id integer not null,
  correlation text not null
) strict;

-- The queues are partial indexes: rows that are done cost nothing here.
create unique index turn_gathering on turn (conversation_id) where state = 'gathering';
create unique index turn_running on turn (conversation_id) where state = 'running';
create index turn_open on turn (conversation_id, id) where state in ('gathering', 'ready', 'running', 'parked');
create index turn_due on turn (due_at) where state = 'gathering';
create index turn_ready on turn (not_before_at, id) where state = 'ready';
create index turn_parked on turn (not_before_at) where state = 'parked';
create index turn_dead on turn (id) where state = 'dead';

-- Updates as they came, each once; a message in here is the inbound half of the history.
create table inbox (
  id integer primary key,
  channel text not null check (channel in ('messenger', 'telegram')),
  -- The platform's id of the account, also for accounts not known (yet).
  account text not null,
  conversation_id integer references conversation (id),
  -- Deferred, because a turn names its first update and the update names its turn.
  turn_id integer references turn (id) deferrable initially deferred,
  kind text not null,
  state text not null check (state in ('new', 'bound', 'done', 'noted', 'ignored', 'quarantined', 'erased')),
  event_key text not null,
  message_id text,
  -- The platform's time.
  at integer not null,
  received_at integer not null,
  -- The update as JSON, for messages their content alone; null once erased.
  content text,
  -- The raw body of the webhook, once a body: its other updates point here.
  body text,
  body_of integer,
  correlation text not null
) strict;

create index inbox_conversation on inbox (conversation_id, id) where conversation_id is not null;
create index inbox_held on inbox (channel, account, id) where state = 'new';
create index inbox_quarantined on inbox (id) where state = 'quarantined';

-- Which keys were seen. One growing index over random keys gets slower with every row, so the keys lie in segments
-- (tables seen_N, made as needed) that stay small; all segments of the last 14 days are looked at.
create table seen_segment (
  n integer primary key,
  started_at integer not null,
  rows integer not null default 0
) strict;

-- What we or our people said.
create table message (
  id integer primary key,
  conversation_id integer not null references conversation (id),
  turn_id integer references turn (id),
  by text not null check (by in ('bot', 'human')),
  text text not null,
  -- JSON array of attachments, for what people sent from the page's own inbox.
  attachments text not null default '[]',
  -- JSON array of the actions under a reply of the bot.
  actions text not null default '[]',
  -- The platform's id, for messages that came back as an echo.
  message_id text,
  at integer not null
) strict;

create index message_conversation on message (conversation_id, id);

-- Outgoing calls owed to the outside. `seq` orders them within a conversation.
create table delivery (
  seq integer primary key,
  id text not null unique,
  account_id integer not null references account (id),
  conversation_id integer not null references conversation (id),
  turn_id integer references turn (id),
  out_message_id integer references message (id),
  kind text not null check (kind in ('message', 'notice', 'interaction')),
  part integer not null,
  state text not null check (state in ('pending', 'sending', 'ambiguous', 'parked', 'sent', 'dead', 'expired')),
  body text not null,
  attempts integer not null default 0,
  rounds integer not null default 0,
  fence integer not null default 0,
  next_at integer not null,
  started_at integer,
  created_at integer not null,
  -- The platform's id once sent.
  message_id text,
  -- The platform's id from an echo that came while the call was still under way.
  echoed_id text,
  last_error text,
  correlation text not null
) strict;

create unique index delivery_part on delivery (turn_id, kind, part) where turn_id is not null;
create unique index delivery_busy on delivery (conversation_id, kind) where state in ('sending', 'ambiguous');
create index delivery_open on delivery (conversation_id, seq) where state in ('pending', 'sending', 'ambiguous', 'parked');
create index delivery_due on delivery (account_id, next_at, seq) where state = 'pending';
create index delivery_doubt on delivery (next_at) where state = 'ambiguous';
create index delivery_parked on delivery (account_id, seq) where state = 'parked';
create index delivery_failed on delivery (seq) where state in ('dead', 'expired');
create index delivery_message on delivery (out_message_id) where out_message_id is not null;

-- How long announced parts really took; `late` ones came after their turn had closed.
create table wait_sample (
  id integer primary key,
  account_id integer not null references account (id),
  expected text not null,
  took_ms integer not null,
  late integer not null check (late in (0, 1)),
  at integer not null
) strict;
