-- What is owed to the user service waits for that service alone, perhaps for days and by the thousand. So it has queues of
-- its own, and those of messages stay as short as they are.

drop index delivery_open;
create index delivery_open on delivery (conversation_id, seq)
  where state in ('pending', 'sending', 'ambiguous', 'parked') and kind <> 'interaction';
create index interaction_open on delivery (conversation_id, seq)
  where state in ('pending', 'sending', 'parked') and kind = 'interaction';

drop index delivery_due;
create index delivery_due on delivery (account_id, next_at, seq) where state = 'pending' and kind <> 'interaction';
create index interaction_due on delivery (next_at, seq) where state = 'pending' and kind = 'interaction';

-- Those that were told lately are asked for when one is in doubt.
create index interaction_told on delivery (conversation_id, seq) where state = 'sent' and kind = 'interaction';
