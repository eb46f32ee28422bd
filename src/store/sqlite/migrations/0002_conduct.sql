-- Payloads of buttons that their platform has no room for: the key stands in the message instead.
create table kept_action (
  id integer primary key,
  conversation_id integer not null references conversation (id),
  key text not null,
  title text not null,
  payload text not null,
  at integer not null,
  unique (conversation_id, key)
) strict;

-- The person asked to start afresh: what lies up to these two is told to no agent any more.
alter table conversation add column fresh_after_update_id integer not null default 0;
alter table conversation add column fresh_after_message_id integer not null default 0;
