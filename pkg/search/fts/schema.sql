CREATE TABLE chats (
  n       INTEGER PRIMARY KEY,
  chat    TEXT    NOT NULL UNIQUE,
  last    INTEGER NOT NULL,            -- the last sequence that was applied
  at      INTEGER NOT NULL,            -- milliseconds: when something was said last
  gone    INTEGER NOT NULL DEFAULT 0,  -- erased, or moved to another region
  visitor TEXT    NOT NULL DEFAULT '',
  status  TEXT    NOT NULL DEFAULT '',
  team    TEXT    NOT NULL DEFAULT '',
  holder  TEXT    NOT NULL DEFAULT '', -- the user name of the agent who has it
  agents  TEXT    NOT NULL DEFAULT '', -- folded names of all who had it
  tags    TEXT    NOT NULL DEFAULT '', -- as they are written, one a line
  folded  TEXT    NOT NULL DEFAULT '', -- the same as they are compared
  rating  INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX chats_at ON chats (at DESC, n) WHERE gone = 0;

-- One row for what is found by itself: an event, a name of a visitor.
CREATE TABLE docs (
  id   INTEGER PRIMARY KEY, -- see idOf
  chat INTEGER NOT NULL,    -- chats.n
  seq  INTEGER NOT NULL,
  at   INTEGER NOT NULL,    -- nanoseconds
  kind TEXT    NOT NULL,
  role TEXT    NOT NULL,
  name TEXT    NOT NULL,
  who  TEXT    NOT NULL,    -- the name and the user name, folded
  text TEXT    NOT NULL
);
CREATE INDEX docs_chat ON docs (chat, seq);

CREATE VIRTUAL TABLE words USING fts5(t, content='', columnsize=0, tokenize='ascii', prefix='2 3');
INSERT INTO words(words, rank) VALUES('secure-delete', 1);

CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
