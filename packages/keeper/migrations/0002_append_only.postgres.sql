create function refuse_journal_change() returns trigger language plpgsql as $$
begin
  raise exception 'the journal is append-only: % is refused', lower(tg_op);
end $$;

create trigger journal_keeps_entries before update or delete on journal
  for each row execute function refuse_journal_change();

create trigger journal_keeps_table before truncate on journal
  for each statement execute function refuse_journal_change();
