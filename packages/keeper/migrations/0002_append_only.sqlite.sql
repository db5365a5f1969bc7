create trigger journal_keeps_entries before delete on journal
begin
  select raise(abort, 'the journal is append-only: an entry cannot be deleted');
end;

create trigger journal_keeps_bytes before update on journal
begin
  select raise(abort, 'the journal is append-only: an entry cannot be changed');
end;
