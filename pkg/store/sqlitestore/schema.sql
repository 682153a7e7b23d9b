-- Layout 2. Writing is cheap if few pages of the file change: events are appended in the
-- order in which they arrive, and what points to them is small and close together,
-- because a chat is named by a number, and chats that are written to at the same time
-- have numbers close to each other.

-- One row per chat: its number and its summary. Each part of the summary has the sequence
-- of its event, so that an event that arrives late replaces nothing; 0 if there is none.
CREATE TABLE chats (
  n         INTEGER PRIMARY KEY,
  chat      TEXT    NOT NULL UNIQUE,
  seq       INTEGER NOT NULL, -- 0: no list shows it, visitors may see nothing of it
  at        INTEGER NOT NULL,
  words_seq INTEGER NOT NULL,
  words     TEXT    NOT NULL,
  state_seq INTEGER NOT NULL,
  status    TEXT    NOT NULL,
  agent     TEXT    NOT NULL,
  name_seq  INTEGER NOT NULL,
  name      TEXT    NOT NULL
);

CREATE INDEX chats_at ON chats (at DESC, chat) WHERE seq > 0;

-- One row per event.
CREATE TABLE events (
  n    INTEGER PRIMARY KEY, -- the order of arrival
  chat INTEGER NOT NULL,    -- chats.n
  seq  INTEGER NOT NULL,
  at   INTEGER NOT NULL,    -- nanoseconds, see digest.Nanos
  kind TEXT    NOT NULL,
  key  TEXT,                -- "<role>/<client's id>", if a client sent it
  body TEXT    NOT NULL     -- the JSON that the stream stores
);

CREATE UNIQUE INDEX events_seq ON events (chat, seq);

-- What a client sent is stored once, whatever its sequence.
CREATE UNIQUE INDEX events_key ON events (chat, key) WHERE key IS NOT NULL;
