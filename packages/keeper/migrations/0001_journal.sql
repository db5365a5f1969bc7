-- What the keeper saw, decided and did, in order, once. One text for SQLite and PostgreSQL.
create table journal (
  stream    text   not null,
  seq       bigint not null check (seq >= 1),
  at_ms     bigint not null,
  once_key  text   not null unique,          -- a retry meets this index, not a second order
  body      text   not null,                 -- canonical JSON, amounts as decimal text; the hash is over these bytes
  prev_hash text   not null check (length(prev_hash) = 64),
  hash      text   not null check (length(hash) = 64),
  primary key (stream, seq)
);

-- Who may write a stream. The fence only grows: a writer that lost its lease is refused by its older number.
create table lease (
  stream   text   not null primary key,
  owner    text   not null,
  fence    bigint not null check (fence >= 1),
  until_ms bigint not null
);

-- Read models: projections of the journal, dropped and rebuilt at will.
create table view_row (
  view  text   not null,
  key   text   not null,
  body  text   not null,
  up_to bigint not null,
  primary key (view, key)
);
