-- Keys of new updates are held in memory and merged into their segments later; up to this update they all are.
insert into meta (key, value) select 'seen_through', cast(coalesce(max(id), 0) as text) from inbox;
