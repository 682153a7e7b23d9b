-- Layout 3. Writing is cheap if few pages of the file change: events are appended in the
-- order in which they arrive, and what points to them is small and close together,
-- because a chat is named by a number, and chats that are written to at the same time
-- have numbers close to each other.

-- One row per chat: its number, and which of its events its summary is made of when that
-- is read. An event that arrives late replaces none of them; 0 if there is none.
CREATE TABLE chats (
  n     INTEGER PRIMARY KEY,
  chat  TEXT    NOT NULL UNIQUE,
  seq   INTEGER NOT NULL, -- the last that visitors may see; 0: no list shows the chat
  at    INTEGER NOT NULL, -- of that event
  words INTEGER NOT NULL, -- the last that somebody wrote
  state INTEGER NOT NULL, -- the last with a state
  name  INTEGER NOT NULL  -- the last with the visitor's name
);

CREATE INDEX chats_at ON chats (at DESC) WHERE seq > 0;

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
