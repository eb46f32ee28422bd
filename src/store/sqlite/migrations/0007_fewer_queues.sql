-- Both are other indexes over again, and each costs every delivery a write when it is made, leased and settled: pending ones
-- are found among the unsettled, and the journal is the unsettled and the failed.
drop index delivery_pending;
drop index delivery_journal;
