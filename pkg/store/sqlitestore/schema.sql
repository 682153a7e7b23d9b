-- One row per event. The text has its own column; the body is the rest of the event,
-- as the JSON that the stream stores. The rows of a chat are adjacent, so that a page
-- is one piece of the file.
CREATE TABLE events (
  chat TEXT    NOT NULL,
  seq  INTEGER NOT NULL,
  at   INTEGER NOT NULL, -- nanoseconds, see digest.Nanos
  kind TEXT    NOT NULL,
  role TEXT    NOT NULL,
  id   TEXT    NOT NULL, -- the client's id, or empty
  out  INTEGER NOT NULL, -- 1 if the event carries a state
  text TEXT    NOT NULL,
  body TEXT    NOT NULL,
  PRIMARY KEY (chat, seq)
) WITHOUT ROWID;

-- What a client sent is stored once, whatever its sequence.
CREATE UNIQUE INDEX events_id ON events (chat, role, id) WHERE id <> '';

-- One row per chat: its summary. Each part has the sequence of its event, so that an
-- event that arrives late replaces nothing.
CREATE TABLE chats (
  chat      TEXT    NOT NULL PRIMARY KEY,
  seq       INTEGER NOT NULL,
  at        INTEGER NOT NULL,
  words_seq INTEGER NOT NULL,
  words     TEXT    NOT NULL,
  state_seq INTEGER NOT NULL,
  status    TEXT    NOT NULL,
  agent     TEXT    NOT NULL,
  name_seq  INTEGER NOT NULL,
  name      TEXT    NOT NULL
) WITHOUT ROWID;

CREATE INDEX chats_at ON chats (at DESC, chat);
