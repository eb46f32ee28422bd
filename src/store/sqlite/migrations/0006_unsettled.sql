-- Whatever asks for deliveries of all kinds that are not over (clamping clocks, counting, recovering) or not sent (the retry
-- journal) reads these, and not years of those that are. By `seq`, so that no queue of one kind is ever looked for here.
create index delivery_pending on delivery (seq) where state = 'pending';
create index delivery_unsettled on delivery (seq) where state in ('pending', 'sending', 'ambiguous', 'parked');
create index delivery_journal on delivery (seq) where state in ('pending', 'sending', 'ambiguous', 'parked', 'dead', 'expired');
