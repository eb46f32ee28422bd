-- One text for many people.
create table broadcast (
  id integer primary key,
  -- The caller's name for it: the same again is the same broadcast.
  key text unique,
  account_id integer not null references account (id),
  text text not null,
  -- JSON array of {body, text}, as the channel will send it.
  parts text not null,
  created_at integer not null
) strict;

create table broadcast_recipient (
  id integer primary key,
  broadcast_id integer not null references broadcast (id),
  account_id integer not null references account (id),
  contact text not null,
  state text not null check (state in ('waiting', 'queued', 'refused', 'stopped')),
  -- What it became; its deliveries tell how far that is.
  out_message_id integer references message (id),
  reason text,
  created_at integer not null,
  unique (broadcast_id, contact)
) strict;

create index broadcast_waiting on broadcast_recipient (account_id, id) where state = 'waiting';
