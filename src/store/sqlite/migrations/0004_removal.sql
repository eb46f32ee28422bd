-- When the account was taken out of service; null while it is in service. What was said with it stays.
alter table account add column removed_at integer;
